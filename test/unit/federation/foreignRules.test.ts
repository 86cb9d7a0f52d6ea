import type { LiveObject } from "../../../federation/checks/liveCluster.ts";
import { blend, found, host, local, refused, silent, twoGateways, warned, type Case } from "./importingMesh.ts";

describe("a DestinationRule of a client's namespace", () => {
  const rule = (more: Partial<LiveObject> = {}): LiveObject => ({
    namespace: "shop",
    name: "theirs",
    hosts: ["*.svc.cluster.local"],
    exportTo: [],
    subsets: [],
    ...more,
  });
  const tls = (mode: string, more = {}) => ({ mode, sni: "", subjectAltNames: [], ...more });
  const mode = (name: string, more = {}) => ({ clientTls: { all: tls(name, more), ports: new Map() } });
  const renamed = { namespace: "imports", visibleTo: ["shop"], as: "bin.west.example" };
  const exact = { subjectAltNames: ["spiffe://cluster.local/ns/httpbin/sa/httpbin"] };
  const overrides = /for namespace shop, Istio uses the DestinationRule shop\/theirs .*\[live-rule-overrides\]/;

  test.each<Case & { name: string; rules: LiveObject[]; finds: object }>([
    { name: "plain text", rules: [rule(mode("DISABLE"))], finds: refused(overrides) },
    { name: "TLS without the mesh's identities", rules: [rule(mode("SIMPLE"))], finds: refused(/tls\.mode SIMPLE/) },
    { name: "certificates of its own", rules: [rule(mode("MUTUAL"))], finds: refused(/tls\.mode MUTUAL/) },
    { name: "the mesh's identities", rules: [rule(mode("ISTIO_MUTUAL"))], finds: silent },
    { name: "no TLS", rules: [rule()], finds: silent },
    {
      name: "no TLS, without automatic mTLS",
      rules: [rule()],
      mesh: "enableAutoMtls: false",
      finds: refused(/sets no tls, and meshConfig\.enableAutoMtls is off/),
    },
    {
      name: "no TLS, of a renamed import",
      spec: renamed,
      rules: [rule({ hosts: ["*.example"] })],
      finds: refused(/SNI outbound_\.8000_\._\.bin\.west\.example where .* knows outbound_\.8000_\._\.httpbin\./),
    },
    { name: "another SNI", rules: [rule(mode("ISTIO_MUTUAL", { sni: "other" }))], finds: refused(/SNI other/) },
    {
      name: "other identities",
      rules: [rule(mode("ISTIO_MUTUAL", { subjectAltNames: ["spiffe://x/y"] }))],
      finds: refused(/subjectAltNames/),
    },
    { name: "the export's identities", rules: [rule(mode("ISTIO_MUTUAL", exact))], finds: silent },
    {
      name: "plain text on one port",
      rules: [rule({ clientTls: { all: tls("ISTIO_MUTUAL"), ports: new Map([[9000, tls("DISABLE")]]) } })],
      finds: refused(/tls\.mode DISABLE/),
    },
    {
      name: "plain text, but not on the import's ports",
      rules: [
        rule({ clientTls: { all: tls("DISABLE"), ports: new Map([8000, 9000].map((port) => [port, undefined])) } }),
      ],
      finds: silent,
    },
    {
      name: "no subsets",
      spec: { namespace: "imports", visibleTo: ["shop"], subsets: ["v1"] },
      rules: [rule()],
      finds: refused(/has no subset v1/),
    },
    { name: "no outlier detection", from: twoGateways, rules: [rule()], finds: warned(/calls do not fail over/) },
    {
      name: "no connection pool",
      spec: { namespace: "imports", visibleTo: ["shop"], connectionPool: { tcp: { maxConnections: 9 } } },
      rules: [rule()],
      finds: warned(/has not the import's connectionPool/),
    },
    {
      name: "plain text for selected pods",
      rules: [rule({ ...mode("DISABLE"), selective: true })],
      finds: warned(/for the pods of namespace shop that it selects/),
    },
    {
      name: "plain text, beside one of the same host that does no harm",
      rules: [rule(mode("DISABLE")), rule({ name: "second" })],
      finds: warned(overrides),
    },
    {
      name: "plain text for a wider host than another",
      rules: [rule({ ...mode("DISABLE"), hosts: ["*"] }), rule({ name: "narrow" })],
      finds: silent,
    },
    { name: "plain text for other hosts", rules: [rule({ ...mode("DISABLE"), hosts: ["*.example"] })], finds: silent },
    {
      name: "plain text for other namespaces only",
      rules: [rule({ ...mode("DISABLE"), exportTo: ["far"] })],
      finds: silent,
    },
    {
      name: "plain text, in a namespace that may not call",
      rules: [rule({ ...mode("DISABLE"), namespace: "far" })],
      finds: silent,
    },
    {
      name: "plain text, in the import's namespace, whose rule is more specific",
      spec: { visibleTo: ["shop"] },
      rules: [rule(mode("DISABLE"))],
      finds: silent,
    },
    {
      name: "plain text mesh-wide, which comes last",
      rules: [rule({ ...mode("DISABLE"), namespace: "istio-system" })],
      finds: silent,
    },
    {
      name: "plain text for gateways of the root namespace",
      spec: { namespace: "imports", visibleTo: ["istio-system"] },
      rules: [rule({ ...mode("DISABLE"), namespace: "istio-system", exportTo: ["."] })],
      finds: refused(/for namespace istio-system/),
    },
    {
      name: "plain text for a blended import",
      spec: blend,
      cluster: { services: [local] },
      rules: [rule({ ...mode("DISABLE"), hosts: [host] })],
      finds: warned(overrides),
    },
    {
      name: "no TLS for a blended import",
      spec: blend,
      cluster: { services: [local] },
      rules: [rule()],
      finds: warned(/calls do not fail over/),
    },
  ])("with $name", ({ rules, finds, cluster, ...given }) =>
    expect(found({ ...given, cluster: { ...cluster, rules } })).toEqual(finds),
  );
});

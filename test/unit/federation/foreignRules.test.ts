import type { LiveObject } from "../../../federation/checks/liveCluster.ts";
import { blend, found, host, local, refused, silent, twoGateways, warned, type Case } from "./importingMesh.ts";

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

describe("a DestinationRule of a client's namespace", () => {
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
    {
      name: "outlier detection, which leaves out the only gateway",
      rules: [rule({ ejects: true })],
      finds: warned(/has outlier detection, which leaves out the import's only gateway/),
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
    expect(found({ always: true, ...given, cluster: { ...cluster, rules } })).toEqual(finds),
  );
});

describe("an import without a DestinationRule, and one of others", () => {
  const disable = mode("DISABLE");
  const inImports = { ...disable, namespace: "imports" };
  const root = { ...disable, namespace: "istio-system" };
  const own = { spec: { visibleTo: ["shop"] } };
  const always = /Set importRules: always, or narrow the rule's host/;
  const elsewhere = /Narrow its host .*, or keep the client in another namespace/;

  test.each<Case & { name: string; rules: LiveObject[]; finds: object }>([
    { name: "in the client's namespace", rules: [rule(disable)], finds: refused(elsewhere) },
    {
      name: "in the client's namespace, which is the import's",
      ...own,
      rules: [rule(disable)],
      finds: refused(always),
    },
    { name: "in the import's namespace", rules: [rule(inImports)], finds: refused(always) },
    { name: "in the root namespace", rules: [rule(root)], finds: refused(always) },
    {
      name: "in the root namespace, that sets TLS without the mesh's identities",
      rules: [rule({ ...mode("SIMPLE"), namespace: "istio-system", hosts: ["*.local"] })],
      finds: refused(/istio-system\/theirs of host \*\.local for it, which has none of its own, .* tls\.mode SIMPLE/),
    },
    {
      name: "in the root namespace, that has outlier detection",
      rules: [rule({ namespace: "istio-system", ejects: true })],
      finds: warned(/has outlier detection, which leaves out the import's only gateway.*importRules: always/),
    },
    { name: "in the root namespace, that sets no TLS", rules: [rule({ namespace: "istio-system" })], finds: silent },
    {
      name: "in the root namespace, that sets the mesh's identities",
      rules: [rule({ ...mode("ISTIO_MUTUAL"), namespace: "istio-system" })],
      finds: silent,
    },
    {
      name: "in the root namespace, after one in the import's that does no harm",
      rules: [rule(root), rule({ namespace: "imports" })],
      finds: silent,
    },
    { name: "in the root namespace, after one in the client's", rules: [rule(root), rule()], finds: silent },
    {
      name: "in the import's namespace, for others",
      rules: [rule({ ...inImports, exportTo: ["far"] })],
      finds: silent,
    },
    { name: "in the import's namespace, for it only", rules: [rule({ ...inImports, exportTo: ["."] })], finds: silent },
    {
      name: "in the root namespace, for it only by the mesh's default",
      rules: [rule(root)],
      mesh: "defaultDestinationRuleExportTo: ['.']",
      finds: silent,
    },
    {
      name: "in the root namespace, for selected pods of it",
      rules: [rule({ ...root, selective: true })],
      finds: silent,
    },
    {
      name: "in the root namespace, with a rule of the import",
      always: true,
      rules: [rule(root), rule(inImports)],
      finds: silent,
    },
    {
      name: "in the root namespace, of the import's host",
      rules: [rule({ ...root, hosts: [host] })],
      finds: refused(/\[live-rule-conflict\]/),
    },
    { name: "in a namespace that may not call", rules: [rule({ ...disable, namespace: "far" })], finds: silent },
  ])("$name", ({ rules, finds, ...given }) => expect(found({ ...given, cluster: { rules } })).toEqual(finds));
});

import type { LiveSidecar } from "../../../federation/checks/liveCluster.ts";
import { blend, found, host, local, refused, silent, warned, type Case } from "./importingMesh.ts";

describe("a Sidecar of the importing mesh", () => {
  const listener = (hosts: string[], more = {}) => ({ isProxy: false, hosts, ...more });
  const sidecar = (hosts: string[], more: Partial<LiveSidecar> = {}): LiveSidecar => ({
    namespace: "shop",
    name: "default",
    created: "2026-01-01T00:00:00Z",
    egress: [listener(hosts)],
    ...more,
  });
  const client = { namespace: "shop", serviceAccount: "cart", app: "cart" };
  const withClient = { namespace: "imports", visibleTo: ["shop"], client };
  const ofRoot = { namespace: "istio-system", name: "mesh" };

  test.each([
    { hosts: ["./*"], hides: true },
    { hosts: ["~/*"], hides: true },
    { hosts: ["istio-system/*", "imports/other.example"], hides: true },
    { hosts: ["*/*.example"], hides: true },
    { hosts: ["*/*", `~imports/${host}`], hides: true },
    { hosts: ["*/*", "~*/*.svc.cluster.local"], hides: true },
    { hosts: ["*/*"] },
    { hosts: ["imports/*"] },
    { hosts: [`imports/${host}`] },
    { hosts: ["imports/other.example", `*/${host}`] },
    { hosts: ["*/*.svc.cluster.local"] },
    { hosts: ["*/*", "~shop/*"] },
  ])("with egress hosts $hosts hides the import: $hides", ({ hosts, hides }) => {
    const { warnings } = found({ cluster: { sidecars: [sidecar(hosts)] } });
    expect(warnings).toEqual(hides ? [expect.stringMatching(/Sidecar shop\/default hides it .*\[live-sidecar/)] : []);
  });

  const add = new RegExp(`Add imports/${host} to its egress hosts`);
  test.each<Case & { name: string; finds: object }>([
    {
      name: "of the namespace hides it from the client",
      spec: withClient,
      finds: refused(add),
      cluster: { sidecars: [sidecar(["./*"])] },
    },
    {
      name: "of the client's pods hides it",
      spec: withClient,
      finds: refused(/workloads of namespace shop that it selects/),
      cluster: { sidecars: [sidecar(["./*"], { selector: { app: "cart" } })] },
    },
    {
      name: "of pods with the client's labels hides it",
      spec: {
        ...withClient,
        client: { namespace: "shop", serviceAccount: "cart", labels: { "app.kubernetes.io/name": "cart" } },
      },
      finds: refused(/workloads of namespace shop that it selects/),
      cluster: { sidecars: [sidecar(["./*"], { selector: { "app.kubernetes.io/name": "cart" } })] },
    },
    {
      name: "of the root namespace hides it from the client",
      spec: withClient,
      finds: refused(/Sidecar istio-system\/mesh hides it/),
      cluster: { sidecars: [sidecar(["./*"], ofRoot)] },
    },
    {
      name: "hides it, but a VirtualService routes to it",
      spec: withClient,
      finds: warned(add),
      cluster: { sidecars: [sidecar(["./*"])], routed: [host] },
    },
    {
      name: "of other pods hides it",
      spec: withClient,
      finds: warned(/that it selects/),
      cluster: { sidecars: [sidecar(["./*"], { selector: { app: "till" } })] },
    },
    {
      name: "may be of the client's pods and hides it",
      spec: withClient,
      finds: warned(/that it selects/),
      cluster: { sidecars: [sidecar(["./*"], { selector: { tier: "web" } })] },
    },
    {
      name: "hides it from a namespace that may be one of gateways",
      finds: warned(/from workloads of namespace shop:/),
      cluster: { sidecars: [sidecar(["./*"])] },
    },
    {
      name: "of the namespace wins over that of the root namespace",
      finds: silent,
      cluster: { sidecars: [sidecar(["./*"], ofRoot), sidecar(["*/*"])] },
    },
    {
      name: "that is older wins",
      finds: silent,
      cluster: { sidecars: [sidecar(["./*"]), sidecar(["*/*"], { name: "first", created: "2025-01-01T00:00:00Z" })] },
    },
    {
      name: "of another namespace does not count",
      finds: silent,
      cluster: { sidecars: [sidecar(["./*"], { namespace: "far" })] },
    },
    { name: "without egress hides nothing", finds: silent, cluster: { sidecars: [sidecar([], { egress: [] })] } },
    {
      name: "hides no import of its namespace by ./*",
      spec: { visibleTo: ["shop"] },
      finds: silent,
      cluster: { sidecars: [sidecar(["./*"])] },
    },
    {
      name: "hides the local Service of a blended import by intent",
      spec: blend,
      finds: silent,
      cluster: { services: [local], sidecars: [sidecar(["./*"])] },
    },
    {
      name: "hides one port",
      finds: warned(/hides port 9000 of it/),
      cluster: { sidecars: [sidecar([], { egress: [listener(["*/*"]), listener(["./*"], { port: 9000 })] })] },
    },
    {
      name: "shows one port only",
      finds: warned(/hides port 9000 of it/),
      cluster: { sidecars: [sidecar([], { egress: [listener(["*/*"], { port: 8000 })] })] },
    },
    {
      name: "with a forward proxy shows all ports",
      finds: silent,
      cluster: { sidecars: [sidecar([], { egress: [listener(["*/*"], { port: 3128, isProxy: true })] })] },
    },
    {
      name: "excludes it",
      spec: withClient,
      finds: refused(/Remove the exclusion ~imports\/\* from its egress hosts/),
      cluster: { sidecars: [sidecar(["*/*", "~imports/*"])] },
    },
  ])("$name", ({ finds, ...given }) => expect(found(given)).toEqual(finds));
});

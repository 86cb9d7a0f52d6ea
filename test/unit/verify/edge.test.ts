import { parseContract } from "../../../federation/contract/contract.ts";
import { edgesOf, pendingImportsOf } from "../../../verify/edge.ts";
import { notCalledText } from "../../../verify/notCalled.ts";
import { shows } from "./fixtures.ts";

const sleep = { namespace: "sleep", serviceAccount: "sleep", app: "sleep" };
const ports = [{ name: "http", number: 8000, protocol: "HTTP" }];
const imported = (name: string, more: object) => ({
  name,
  from: "west",
  host: `${name}.example`,
  namespace: "shop",
  visibleTo: ["shop"],
  ports,
  ...more,
});
const mesh = {
  name: "east",
  meshId: "east-mesh",
  cluster: "east",
  network: "network-east",
  trustDomain: "cluster.local",
  istioVersion: "1.30.1",
  locality: "east/1",
};
const contract = (...imports: object[]) =>
  parseContract({ version: 1, mesh, gateways: [], exports: [], imports, pendingImports: [] }, "east");

describe("the edges of an import", () => {
  test.each([
    { what: "its own client", more: { client: { ...sleep, namespace: "shop" } }, calls: "shop" },
    { what: "the sample, to which it is visible", more: { visibleTo: ["shop", "sleep"] }, calls: "sleep" },
    { what: "the sample, for a blended import", more: { visibleTo: ["*"], blended: true }, calls: "sleep" },
    { what: "no client, where it is not visible to the sample", more: {}, calls: undefined },
  ])("are called by $what, independently of other imports", ({ more, calls }) => {
    const { withClient, withoutClient } = edgesOf(
      contract(imported("a", more), imported("b", { client: sleep })),
      "east",
      new Map(),
      sleep,
    );
    expect(withClient.map((e) => [e.name, e.client.namespace])).toEqual([
      ...(calls ? [["a", calls]] : []),
      ["b", "sleep"],
    ]);
    expect(withoutClient.map((e) => e.name)).toEqual(calls ? [] : ["a"]);
  });

  test("are none while the import is pending, with its reason", () => {
    const pending = ["a", "b"].map((name) => ({ name, from: "south", reason: 'stack "south" does not exist' }));
    const waiting = parseContract(
      { version: 1, mesh, gateways: [], exports: [], imports: [], pendingImports: pending },
      "east",
    );
    expect(pendingImportsOf(waiting, "b")).toEqual(['east <- south/b: stack "south" does not exist']);
    expect(pendingImportsOf(waiting)).toHaveLength(2);
    expect(edgesOf(waiting, "east", new Map(), sleep)).toEqual({ withClient: [], withoutClient: [] });
  });

  test("that are not called have reason, remedy and the gateway's certificate", () => {
    const { withoutClient } = edgesOf(contract(imported("a", {})), "east", new Map(), undefined);
    expect(notCalledText(withoutClient[0]!, [shows()])).toMatch(
      /^east <- west\/a:8000 was not called: it has no client; declare imports\[\]\.client.*192\.0\.2\.1:15443 shows the certificate of spiffe:/,
    );
  });

  test("name objects by the published id, else by the first mesh in use", () => {
    const nameOf = (more: object) =>
      edgesOf(contract(imported("a", { client: sleep, ...more })), "east", new Map(), undefined).withClient[0]!.object
        .name;
    expect([
      nameOf({ from: "north", meshes: ["north"], id: "west-a" }),
      nameOf({ from: "north", meshes: ["north"] }),
    ]).toEqual(["import-west-a", "import-north-a"]);
  });
});

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as command from "@pulumi/command";
import * as library from "../../../components/index.ts";
import { east, httpbin, importInto, west } from "./federatedFixtures.ts";
import type { Refusal } from "./federatedRefusals.ts";
import { named, record, valueOf } from "./graph.ts";

describe("meshes in one program", () => {
  test("an import takes everything from the exporter's contract", async () => {
    const graph = await record(async () => {
      const exporter = west();
      const importer = east();
      const imported = importInto(importer, { west: exporter.contract });
      const contract = library.contractOf(importer.description, { imports: [imported] });
      return {
        west: await valueOf(exporter.contract),
        east: await valueOf(contract),
        host: await valueOf(imported.host),
      };
    });
    expect(graph.result.host).toBe("httpbin.httpbin.svc.cluster.local");
    expect(graph.result.west.exports).toMatchObject([
      { name: "httpbin", subjectAltNames: ["spiffe://west.local/ns/httpbin/sa/httpbin"], callers: ["sleep/sleep"] },
    ]);
    expect(graph.result.east.imports).toMatchObject([{ name: "httpbin", from: "west", id: "west-httpbin" }]);
    expect(named(graph, "httpbin-entry").inputs).toMatchObject({
      metadata: { name: "import-west-httpbin", namespace: "sleep" },
      spec: {
        endpoints: [{ address: "192.0.2.1", ports: { http: 15443 }, network: "peer-west" }],
        exportTo: ["sleep"],
        subjectAltNames: ["spiffe://west.local/ns/httpbin/sa/httpbin"],
      },
    });
    expect(named(graph, "west-httpbin-policy").inputs.spec.rules).toMatchObject([
      { from: [{ source: { notPrincipals: ["east.local/ns/sleep/sa/sleep"] } }] },
    ]);
    expect(named(graph, "west-httpbin-gateway").inputs.spec.servers[0].hosts).toEqual([
      "httpbin.httpbin.svc.cluster.local",
    ]);
  });

  test("a preview without gateway addresses shows the objects by name", async () => {
    const graph = await record(
      () => {
        const unknown = new command.local.Command("unknown", { create: ":" }).stdout;
        importInto(east(), { west: west({ gatewayAddresses: [unknown] }).contract });
      },
      { preview: true },
    );
    expect(named(graph, "httpbin-entry").inputs.metadata).toMatchObject({
      name: "import-west-httpbin",
      namespace: "sleep",
    });
  });

  test("a blended import joins the local Service", async () => {
    const graph = await record(() => {
      const same = { trustDomain: "cluster.local", peers: {}, acceptedTrustDomains: [] };
      const exporter = west({ ...same, exports: { httpbin: { ...httpbin, callers: undefined } } });
      importInto(
        east(same),
        { west: exporter.contract },
        { visibleTo: undefined, blendLabels: { app: "httpbin" }, blendServiceAccounts: ["httpbin"] },
      );
    });
    expect(named(graph, "httpbin-workload-0").inputs).toMatchObject({
      metadata: { namespace: "httpbin" },
      spec: { address: "192.0.2.1", serviceAccount: "httpbin" },
    });
  });
});

describe("refusals, of which nothing is made", () => {
  const script = join(import.meta.dirname, "federatedRefusals.ts");
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  const refusals = JSON.parse(stdout) as Record<string, Refusal>;
  const made = (name: string): string[] => refusals[name]!.made;

  test.each<[string, string, string[]]>([
    ["an export that is not there", "imports-mismatch", ["import-not-exported"]],
    ["another mesh than named", "contract-of-other-mesh", []],
    ["no contract yet", "import-pending", []],
    ["no gateway yet", "import-pending", []],
    ["a trust domain that is not accepted", "imports-mismatch", ["trust-domain-not-accepted"]],
    ["a gateway in the mesh's own network", "imports-mismatch", ["peer-gateway-address"]],
    ["settings that are not valid", "import-invalid", []],
    ["one host twice for a namespace", "imports-mismatch", ["import-host-duplicate"]],
    ["other accounts than a blended import counts", "import-blend-differs", []],
    ["a description that is not valid", "mesh-description-invalid", ["mesh-description-invalid name", "mesh-.*"]],
    ["a removed export that a peer imports", "exports-mismatch", ["export-breaks-import"]],
    ["team: an import without one", "team-unknown", []],
    ["team: an import for another namespace", "imports-mismatch", [".* is not allowed .* to namespace bank"]],
    ["team: objects in another namespace", "imports-mismatch", [".* may not write into namespace istio-system"]],
    ["team: an import under another host", "imports-mismatch", [".* may not import under host bank"]],
  ])("%s", (name, code, details) => {
    expect(refusals[name]).toMatchObject({ code, details: details.map((d) => expect.stringMatching(`^${d}`)) });
    // The control: without the mistake, the same program makes them.
    expect(made("nothing is wrong")).toEqual(expect.arrayContaining(["httpbin-rule", "httpbin-entry"]));
    expect(made(name).filter((object) => /^(httpbin|second)-/.test(object))).toEqual([]);
  });

  test.each<[string, string, string]>([
    ["another namespace", "exports-mismatch", "it may not export from namespace bank"],
    ["another mesh", "exports-mismatch", 'it may not export to mesh "far"'],
    ["a name of another team", "exports-mismatch", "its name must be shop, or begin with shop-"],
    ["a host of its choice", "exports-mismatch", "it may not export host cart.mesh.global"],
    ["a host that looks like its Service's", "exports-mismatch", "it may not export host"],
    ["everybody as caller", "exports-mismatch", "it may not export without callers"],
    ["none", "team-unknown", ""],
    ["unknown", "team-unknown", ""],
    ["a name that every object has", "team-unknown", ""],
  ])("a team exports with %s", (name, code, problem) => {
    const refused = refusals[`team: ${name}`]!;
    expect(refused).toMatchObject({ code, details: problem ? [expect.stringContaining(problem)] : [] });
    expect(made("team: allowed")).toEqual(expect.arrayContaining(["cart-gateway", "cart-policy"]));
    expect(refused.made.filter((object) => object.startsWith("cart-"))).toEqual([]);
  });

  test.each([
    "a kept export that a peer imports",
    "team: allowed",
    "team: an allowed import",
    "team: an import of the owners' for any namespace",
  ])("%s is none", (name) => {
    expect(refusals[name]!.code).toBe("none");
  });
});

test("a team publishes a contract of its mesh with its own exports", async () => {
  const graph = await record(async () => {
    const { description } = west({ teams: { shop: { namespaces: ["shop"], exportTo: ["east"] } } });
    const cart = { ...httpbin, namespace: "shop", service: "cart", exportName: "shop-cart", team: "shop" };
    const allowed = new library.FederatedExport("cart", { ...cart, mesh: description });
    return valueOf(library.contractOf(description, { exports: [allowed] }));
  });
  expect(graph.result).toMatchObject({
    mesh: { name: "west" },
    gateways: [{ address: "192.0.2.1" }],
    exports: [{ name: "shop-cart", host: "cart.shop.svc.cluster.local" }],
  });
});

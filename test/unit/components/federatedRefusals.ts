import { pathToFileURL } from "node:url";
import type * as pulumi from "@pulumi/pulumi";
import * as library from "../../../components/index.ts";
import { east, httpbin, importInto, west } from "./federatedFixtures.ts";
import { record, valueOf, type RecordOptions } from "./graph.ts";

/** What a program was refused, and the objects that it made nevertheless. */
export interface Refusal {
  code: string;
  details: string[];
  made: string[];
}

/** Runs a program until an output of it is known, or fails. */
async function refusal(program: () => pulumi.Output<unknown>): Promise<Refusal> {
  const made: string[] = [];
  const stateOf: RecordOptions["stateOf"] = (type, name) => {
    if (!type.startsWith("mesh-federation:")) made.push(name);
    return {};
  };
  try {
    await record(() => (program() as pulumi.Output<unknown> & { promise(): Promise<unknown> }).promise(), { stateOf });
  } catch (error) {
    const { code, details = [], message } = error as library.UserError;
    return { code: code ?? message, details: details.map((d) => `${d.code} ${d.subject}: ${d.problem}`), made };
  }
  return { code: "none", details: [], made };
}

const teams = {
  shop: { namespaces: ["shop"], exportTo: ["east"], importFrom: ["east"] },
};
const teamsOfEast = {
  shop: { namespaces: ["sleep"], importFrom: ["west"] },
  platform: { namespaces: ["*"], importFrom: ["*"] },
};
const cart = { ...httpbin, namespace: "shop", service: "cart", exportName: "shop-cart", team: "shop" };
const exported = (more: Partial<library.FederatedExportArgs> = {}) =>
  new library.FederatedExport("cart", { ...cart, mesh: west({ teams }).description, ...more }).published;
const imported = (more: Partial<library.FederatedImportArgs> = {}) =>
  importInto(east({ teams: teamsOfEast }), { west: west().contract }, { team: "shop", ...more }).host;
const two = { httpbin, copy: { ...httpbin, host: "copy.mesh.global" } };

/** Contract of east while it imports httpbin. */
async function importing(): Promise<library.FederationContract> {
  const graph = await record(async () => {
    const importer = east();
    const used = importInto(importer, { west: west().contract });
    return valueOf(library.contractOf(importer.description, { imports: [used] }));
  });
  return graph.result;
}

/** Programs by what is wrong with them. */
function programs(east2: library.FederationContract): Record<string, () => pulumi.Output<unknown>> {
  return {
    "nothing is wrong": () => importInto(east(), { west: west().contract }).objects,
    "an export that is not there": () => importInto(east(), { west: west().contract }, { exportName: "orders" }).host,
    "another mesh than named": () => importInto(east(), { far: west().contract }).host,
    "no contract yet": () => importInto(east(), { west: undefined as never }).host,
    "no gateway yet": () => importInto(east(), { west: west({ gatewayAddresses: [] }).contract }).host,
    "a trust domain that is not accepted": () =>
      importInto(east({ trustDomain: "new.local" }), { west: west().contract }).host,
    "a gateway in the mesh's own network": () =>
      importInto(east({ ownNetworks: ["192.0.2.0/24"] }), { west: west().contract }).host,
    "settings that are not valid": () => importInto(east(), { west: west().contract }, { visibleTo: ["*"] }).host,
    "one host twice for a namespace": () => {
      const [mesh, from, host] = [east(), { west: west({ exports: two }).contract }, "one.mesh.global"];
      importInto(mesh, from, { host }, "first");
      return importInto(mesh, from, { host, exportName: "copy" }, "second").host;
    },
    "other accounts than a blended import counts": () => {
      const same = { trustDomain: "cluster.local", peers: {}, acceptedTrustDomains: [] };
      const { contract } = west({ ...same, exports: { httpbin: { ...httpbin, callers: undefined } } });
      const blend = { visibleTo: undefined, blendLabels: { app: "httpbin" }, blendServiceAccounts: ["other"] };
      return importInto(east(same), { west: contract }, blend).host;
    },
    "a description that is not valid": () => west({ meshName: "West!", gatewayAddresses: ["no address"] }).contract,
    "a removed export that a peer imports": () => west({ exports: {}, importers: { east: east2 } }).contract,
    "a kept export that a peer imports": () => west({ importers: { east: east2 } }).contract,
    "team: allowed": () => exported(),
    "team: another namespace": () => exported({ namespace: "bank" }),
    "team: another mesh": () => exported({ to: ["east", "far"] }),
    "team: a name of another team": () => exported({ exportName: "bank-cart" }),
    "team: a host of its choice": () => exported({ host: "cart.mesh.global" }),
    "team: a host that looks like its Service's": () => exported({ host: "cart.shop.svc.evil.example" }),
    "team: everybody as caller": () => exported({ callers: undefined }),
    "team: none": () => exported({ team: undefined }),
    "team: unknown": () => exported({ team: "bank" }),
    "team: a name that every object has": () => exported({ team: "constructor" }),
    "team: an allowed import": () => imported(),
    "team: an import without one": () => imported({ team: undefined }),
    "team: an import of the owners' for any namespace": () =>
      imported({ team: "platform", visibleTo: ["sleep", "bank"] }),
    "team: an import for another namespace": () => imported({ visibleTo: ["sleep", "bank"] }),
    "team: objects in another namespace": () => imported({ namespace: "istio-system" }),
    "team: an import under another host": () => imported({ host: "bank.bank.svc.cluster.local" }),
  };
}

// Outputs that depend on a refused one reject, too; they would end a test of Jest, so this is a program of its own.
if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.on("unhandledRejection", () => {});
  const results: Record<string, Refusal> = {};
  for (const [name, program] of Object.entries(programs(await importing()))) results[name] = await refusal(program);
  process.stdout.write(JSON.stringify(results));
}

import * as pulumi from "@pulumi/pulumi";
import { StrictMtls } from "../../../components/strictMtls.ts";
import { exportPolicy } from "../../../federation/exports/exportPolicy.ts";
import type { FederationObject } from "../../../federation/objects/federationObject.ts";
import { createExports, createImports } from "../../../infra/services.ts";
import { ApiError } from "../../../kube/errors.ts";
import { objectsIn } from "../../../status/createdObjects.ts";
import { liveDriftOf } from "../../../status/liveDrift.ts";
import { record, valueOf } from "../components/graph.ts";
import { anExport, anImport, contract, identity, resolved } from "../federation/fixtures.ts";

const gateway = { namespace: "istio-system", labels: { istio: "eastwestgateway" } };
const domains = {
  own: "east.local",
  ofMeshes: new Map([
    ["west", "west.local"],
    ["south", "east.local"],
  ]),
};
const httpbin = anExport();
const west = contract("west", [httpbin]);
const north = contract("north", [httpbin], {
  gateways: [
    { address: "gateway.north.example", port: 15443 },
    { address: "2001:db8::1", port: 31443 },
  ],
});
const ports = [
  { name: "http", number: 8000, protocol: "HTTP" },
  { name: "tcp", number: 9000, protocol: "TCP" },
];
const wide = contract("wide", [
  anExport({ name: "wide", service: "wide", ports, subsets: [{ name: "v1" }], serviceAccounts: ["a", "b"] }),
]);

/** Exports of every form. */
const exports = [
  anExport({
    name: "api",
    service: "api",
    namespace: "api",
    ports,
    selector: { app: "api" },
    to: ["west"],
    callers: ["shop/cart", "shop/till"],
  }),
  anExport({
    name: "all",
    service: "all",
    to: ["west", "south"],
    selector: { app: "all" },
    callers: ["shop/cart"],
    callersApplyTo: "everyone",
    subsets: [
      { name: "v1", labels: { version: "v1" } },
      { name: "v2", labels: { version: "v2" } },
    ],
  }),
  anExport({
    name: "neutral",
    service: "neutral",
    host: "neutral.mesh.global",
    to: ["south"],
    selector: { app: "neutral" },
    callers: ["shop/cart"],
  }),
  anExport({ name: "open", service: "open", to: ["west"], selector: { app: "open" }, public: true }),
];
/** Imports of every form. */
const imports = [
  resolved(anImport({ from: ["west", "north"] }), west, north),
  resolved(
    anImport({ name: "wide", from: "wide", as: "wide.mesh.global", subsets: ["v1"], visibleTo: ["shop", "sleep"] }),
    wide,
  ),
  resolved(anImport({ name: "wide", from: "wide", visibleTo: ["*"], blend: { labels: { app: "wide" } } }), wide),
];

export type Live = { kind: string; metadata: Record<string, any>; spec: Record<string, any> };

/** Runs the components: the objects that they create in a cluster, and those that the engine records. */
async function run(): Promise<{ live: Live[]; created: FederationObject[] }> {
  const registered = jest.spyOn(pulumi.ComponentResource.prototype as any, "registerOutputs");
  const { resources } = await record(() => {
    const accepted = ["west.local", "foreign.local"];
    const planned = exports.map((spec) => ({ spec, policy: exportPolicy(spec, domains, accepted) }));
    const plan = {
      exports: planned,
      trustDomains: domains,
      acceptedTrustDomains: accepted,
      identity: identity("west"),
    };
    createExports(plan, gateway, () => ({}));
    new StrictMtls("strict-mtls", { rootNamespace: "istio-system" });
    createImports(
      imports.map((spec, i) => ({ ...spec, id: `i${i}` })),
      () => ({}),
    );
  });
  // Pulumi itself calls it, too, without outputs.
  const calls = registered.mock.calls.flatMap(([outputs], i) =>
    outputs
      ? [
          {
            type: (registered.mock.contexts[i] as { __pulumiType: string }).__pulumiType,
            outputs: pulumi.output(outputs),
          },
        ]
      : [],
  );
  registered.mockRestore();
  // As JSON, as in the engine's state and in the API server.
  const components = await Promise.all(
    calls.map(async ({ type, outputs }) => ({ type, outputs: await valueOf(outputs) })),
  );
  const [created, live] = JSON.parse(
    JSON.stringify([components, resources.filter((r) => r.inputs?.kind).map((r) => r.inputs)]),
  );
  return { created: objectsIn({ deployment: { resources: created } }, "east"), live };
}

let once: ReturnType<typeof run> | undefined;

/** A copy of what {@link run} returns. */
export const federation = async () => structuredClone(await (once ??= run()));

export const pluralKinds: Record<string, string> = {
  gateways: "Gateway",
  serviceentries: "ServiceEntry",
  destinationrules: "DestinationRule",
  workloadentries: "WorkloadEntry",
  authorizationpolicies: "AuthorizationPolicy",
  peerauthentications: "PeerAuthentication",
};

/** Compares these objects. The kinds in `forbidden` may not be listed. */
export const compare = (live: Live[], created: FederationObject[], forbidden: string[] = []) =>
  liveDriftOf("east", created, {
    istio: async (group, plural) => {
      if (forbidden.includes(plural)) throw new ApiError(403, `may not list ${plural}`);
      expect(group).toBe(["authorizationpolicies", "peerauthentications"].includes(plural) ? "security" : "networking");
      return live.filter((o) => o.kind === pluralKinds[plural]!) as never;
    },
  });

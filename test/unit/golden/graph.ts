import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { record, valueOf, type Graph } from "../components/graph.ts";
import { trustMocks } from "../support/trust.ts";
import { meshProgram } from "../../../infra/mesh.ts";
import { trustProgram } from "../../../infra/trust.ts";
import type { FederationContract } from "../../../federation/contract/contract.ts";

const trust = trustMocks({
  core: "core.example",
  shop: "core.example",
  edge: "edge.example",
  east: "cluster.local",
  west: "cluster.local",
});

/** The committed configuration of a stack. */
export const committed = (stack: string): Record<string, unknown> =>
  parse(readFileSync(`stacks/Pulumi.${stack}.yaml`, "utf8")).config;

/** Keys of a stack with the project's prefix. */
export const keys = (raw: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(raw).map(([key, value]) => [`mesh-federation:${key}`, value]));

/** A mesh's stack, what its peers publish, and whether it is a preview in which nothing exists. */
export interface MeshRun {
  stack: string;
  config: Record<string, unknown>;
  peers?: Record<string, FederationContract>;
  preview?: boolean;
  /** Whether the trust stack has signed its request. Default: true. */
  certified?: boolean;
}

/** Everything that a mesh's stack registers, and its contract. */
export async function meshGraph({ stack, config, peers = {}, preview = false, certified = true }: MeshRun) {
  const pki = await trust;
  const graph = await record(meshProgram, {
    stack,
    config,
    preview,
    invoke: (token, inputs) => {
      if (token !== "pulumi:pulumi:readStackOutputs") return {};
      const name = inputs.name.split("/").at(-1);
      if (name === "trust") return { outputs: pki.trust };
      if (name === stack) return { outputs: certified ? pki.requestsOf(stack) : {} };
      return { outputs: peers[name] ? { federation: peers[name] } : {} };
    },
    stateOf: (type, name) => {
      if (preview) return {};
      if (type.startsWith("tls:")) return pki.stateOf(type, stack);
      if (name.endsWith("-kubeconfig")) return { stdout: "KUBECONFIG" };
      if (name.endsWith("-network")) return { stdout: "subnet 172.18.0.0/16\naddress 172.18.0.2/16\n" };
      if (type === "kubernetes:core/v1:Service")
        return { status: { loadBalancer: { ingress: [{ ip: "172.18.128.1" }] } } };
      return {};
    },
  });
  const { federation } = graph.result;
  const contract = preview || !federation ? undefined : await valueOf(federation);
  return { resources: sorted(graph), contract };
}

/** Everything that the trust stack registers. */
export async function trustGraph(config: Record<string, unknown>) {
  const pki = await trust;
  const graph = await record(() => trustProgram(), {
    stack: "trust",
    config,
    stateOf: (type) => (type.startsWith("tls:") ? pki.stateOf(type, "trust") : {}),
    invoke: (_token, inputs) => ({ outputs: pki.requestsOf(inputs.name.split("/").at(-1)) }),
  });
  return { resources: sorted(graph) };
}

/** Sorted by type and name, because the order of registration varies. */
function sorted(graph: Graph<unknown>) {
  return graph.resources
    .map((resource) => ({ ...resource, inputs: withoutScripts(resource.inputs) }))
    .sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

/** The texts of the scripts in components/kind, by file name. */
const scripts = readdirSync("components/kind")
  .filter((file) => file.endsWith(".sh"))
  .map((file) => [`<${file}>`, readFileSync(join("components/kind", file), "utf8")] as const);

/** Inputs in which a script's text is replaced by its file name, so that an edit of a script changes no golden file. */
function withoutScripts(inputs: unknown): unknown {
  return JSON.parse(
    JSON.stringify(inputs, (_, value) => scripts.find(([, text]) => text === value)?.[0] ?? (value as unknown)),
  );
}

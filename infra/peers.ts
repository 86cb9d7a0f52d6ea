import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { federationOutput, parseContract, type FederationContract } from "../components/plan/contract.ts";
import { Problem } from "../components/plan/problem.ts";
import type { MeshConfig, Neighbour } from "../components/plan/readMeshConfig.ts";
import type { Peer } from "../components/plan/resolveImports.ts";

/** Full name of a stack of this project: `organization/project/stack`. */
export function stackName(stack: string): string {
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

/** Where the contract of a mesh is: a stack's full name, or a file. */
export type PeerSource = { stack: string } | { file: string };

/** Where each mesh that this one may deal with publishes: those of this project, and those in `peers`. */
export function peerSources(config: Pick<MeshConfig, "peers">, neighbours: Neighbour[]): Map<string, PeerSource> {
  const own = neighbours.map(({ name, stack }): [string, PeerSource] => [name, { stack: stackName(stack) }]);
  const given = Object.entries(config.peers).flatMap(([name, { stack, file }]): [string, PeerSource][] => {
    if (file) return [[name, { file }]];
    if (stack) return [[name, { stack }]];
    return own.some(([known]) => known === name) ? [] : [[name, { stack: stackName(name) }]];
  });
  return new Map([...own, ...given]);
}

/** Reads what every mesh of {@link peerSources} published. */
export async function readPeers(sources: ReadonlyMap<string, PeerSource>, neighbours: Neighbour[]): Promise<Map<string, Peer>> {
  const read = async ([name, source]: [string, PeerSource]): Promise<[string, Peer]> => {
    const peer = "file" in source ? readContractFile(name, source.file) : await readPeer(name, source.stack);
    return [name, { ...peer, declared: "stack" in source ? neighbours.find((n) => n.name === name)?.exports : undefined }];
  };
  return new Map(await Promise.all([...sources].map(read)));
}

/**
 * Reads what a peer published in its stack.
 *
 * A StackReference to a stack that does not exist fails the whole run; the invoke behind it can be caught, so a peer
 * that is not there yet only leaves its imports pending.
 */
async function readPeer(name: string, stack: string): Promise<Peer> {
  let outputs: Record<string, unknown>;
  try {
    outputs = await readOutputs(stack);
  } catch (error) {
    if (/unknown stack|no stack named|not found/i.test(String((error as Error).message))) return { state: "absent", stack };
    throw error;
  }
  const published = outputs[federationOutput];
  return published === undefined ? { state: "empty", stack } : { state: "up", stack, contract: contractOfPeer(published, name) };
}

/** Reads a peer's contract from the file that its owner handed over. Throws a `Problem` when there is none, or another's. */
function readContractFile(name: string, file: string): Peer {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Problem(`peers.${name}.file: "${file}" cannot be read as JSON (${(error as Error).message}); its owner writes it with \`npm run contract -- ${name}\``);
  }
  return { state: "up", stack: name, contract: contractOfPeer(value, name) };
}

/** Plain outputs of another stack. Rejects when the stack does not exist; secrets are left out by the engine. */
export async function readOutputs(stack: string): Promise<Record<string, unknown>> {
  const result = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stack })) as { outputs?: Record<string, unknown> } | undefined;
  return result?.outputs ?? {};
}

function contractOfPeer(value: unknown, name: string): FederationContract {
  const contract = parseContract(value, name);
  if (contract.mesh.name !== name) throw new Problem(`peer "${name}" publishes the contract of mesh "${contract.mesh.name}"; correct peers.${name}, or use the mesh's own name`);
  return contract;
}

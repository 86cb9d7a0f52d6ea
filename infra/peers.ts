import * as pulumi from "@pulumi/pulumi";
import { federationOutput } from "../federation/contract/contract.ts";
import type { MeshConfig, Neighbour } from "../federation/config/readMeshConfig.ts";
import type { Peer } from "../federation/imports/resolveImports.ts";
import { contractOfPeer, readContractFile } from "../workspace/contractFile.ts";
import { readOutputs } from "./readOutputs.ts";
import type { PeerSource } from "../workspace/stackFiles.ts";

/** Full name of a stack of this project: `organization/project/stack`. */
export function stackName(stack: string): string {
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

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
export async function readPeers(
  sources: ReadonlyMap<string, PeerSource>,
  neighbours: Neighbour[],
): Promise<Map<string, Peer>> {
  const read = async ([name, source]: [string, PeerSource]): Promise<[string, Peer]> => {
    const peer: Peer =
      "file" in source
        ? { state: "up", stack: name, contract: readContractFile(name, source.file) }
        : await readPeer(name, source.stack);
    return [
      name,
      { ...peer, declared: "stack" in source ? neighbours.find((n) => n.name === name)?.exports : undefined },
    ];
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
    if (/unknown stack|no stack named|not found/i.test(String((error as Error).message)))
      return { state: "absent", stack };
    throw error;
  }
  const published = outputs[federationOutput];
  return published === undefined
    ? { state: "empty", stack }
    : { state: "up", stack, contract: contractOfPeer(published, name) };
}

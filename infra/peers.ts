import * as pulumi from "@pulumi/pulumi";
import {
  contractOfPeer,
  federationOutput,
  printable,
  UserError,
  type MeshConfig,
  type Peer,
  type PeerSource,
  type SiblingMesh,
} from "../federation/index.ts";
import { readContractFile } from "../workspace/contractFile.ts";
import { isStackAbsent } from "./pulumiMessages.ts";
import { readOutputs } from "./readOutputs.ts";

/** Full name of a stack of this project: `organization/project/stack`. */
export function stackName(stack: string): string {
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

/** Where each possible peer of a mesh publishes its contract: the meshes of this project, and those in `peers`. */
export function peerSources(config: Pick<MeshConfig, "peers">, siblings: SiblingMesh[]): Map<string, PeerSource> {
  const own = siblings.map(({ name, stack }): [string, PeerSource] => [name, { stack: stackName(stack) }]);
  const given = Object.entries(config.peers).flatMap(([name, { stack, file }]): [string, PeerSource][] => {
    if (file) return [[name, { file }]];
    if (stack) return [[name, { stack }]];
    return own.some(([known]) => known === name) ? [] : [[name, { stack: stackName(name) }]];
  });
  return new Map([...own, ...given]);
}

/**
 * Reads what every mesh in {@link peerSources} publishes.
 * @param quarantine meshes that may publish anything, or nothing that can be read: no such failure ends the run
 */
export async function readPeers(
  sources: ReadonlyMap<string, PeerSource>,
  siblings: SiblingMesh[],
  quarantine: readonly string[] = [],
): Promise<Map<string, Peer>> {
  const read = async ([name, source]: [string, PeerSource]): Promise<[string, Peer]> => {
    const peer = await readSource(name, source).catch(async (error: unknown): Promise<Peer> => {
      if (!quarantine.includes(name)) throw error;
      await pulumi.log.warn(`mesh "${name}" is in quarantine, and ${printable(String((error as Error).message))}`);
      return { state: "empty", stack: name };
    });
    return [
      name,
      { ...peer, declared: "stack" in source ? siblings.find((n) => n.name === name)?.exports : undefined },
    ];
  };
  return new Map(await Promise.all([...sources].map(read)));
}

async function readSource(name: string, source: PeerSource): Promise<Peer> {
  if ("stack" in source) return readPeer(name, source.stack);
  return { state: "up", stack: name, contract: readContractFile(name, source.file) };
}

/**
 * Reads what a peer publishes in its stack.
 *
 * A StackReference to a stack that does not exist fails the whole run. The error of an invoke can be caught, so an
 * absent peer only leaves its imports pending (decision 3). Any other failure ends the run before a resource is
 * registered: a failed read is no reason to delete an import.
 * @throws UserError `peer-unreadable`
 */
async function readPeer(name: string, stack: string): Promise<Peer> {
  let outputs: Record<string, unknown>;
  try {
    outputs = await readOutputs(stack);
  } catch (error) {
    if (isStackAbsent(String((error as Error).message), stack)) return { state: "absent", stack };
    if (error instanceof UserError) throw error;
    throw new UserError(
      "peer-unreadable",
      {
        subject: `peer "${name}"`,
        problem:
          `what its stack "${stack}" publishes cannot be read, so nothing is changed: ` +
          String((error as Error).message),
        remedy: "Correct the cause; imports that exist stay as they are",
      },
      [],
      { cause: error },
    );
  }
  const published = outputs[federationOutput];
  return published === undefined
    ? { state: "empty", stack }
    : { state: "up", stack, contract: contractOfPeer(published, name) };
}

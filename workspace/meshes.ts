import { resolve } from "node:path";
import { parse } from "yaml";
import { federationOutput, type FederationContract } from "../federation/contract/contract.ts";
import type { SampleClient } from "../federation/cluster/sampleObjects.ts";
import { contractOfPeer, readContractFile } from "./contractFile.ts";
import { configPrefix, meshStackFiles, peersGiven, type PeerSource, type DeclaredMesh } from "./stackFiles.ts";
import type { Toolchain } from "../tools/index.ts";
import { stackOutputs } from "./pulumiCommand.ts";
import { committedFile } from "./stackConfig.ts";
import { readIfThere, root } from "./workspace.ts";
import type { Client } from "../verify/edge.ts";
import { Cluster, shortly } from "../kube/cluster.ts";

/** A mesh as far as this project's stacks let us see it. */
export interface Mesh {
  name: string;
  stack: string;
  importsFrom: string[];
  /** Whether it is somebody else's, known by an entry in `peers`: nobody verifies its imports here. */
  foreign?: true;
  contract: FederationContract | undefined;
  /** Its cluster, where its credentials may be used. */
  cluster: Cluster | undefined;
  /** Client of imports that declare none: the sample `sleep`. */
  fallbackClient: Client | undefined;
  /** Why contract or cluster is missing. */
  problem: string | undefined;
}

/** What is known of a mesh before anything of it was read. */
const unread = { contract: undefined, cluster: undefined, fallbackClient: undefined, problem: undefined };

/**
 * Reads what the mesh stacks published. A stack that cannot be read is a mesh with a problem, not an error.
 * @param credentials names of the stacks whose credentials may be used; default all
 */
export async function readMeshes(tools: Toolchain, credentials?: string[]): Promise<Mesh[]> {
  const use = (stack: string): boolean => credentials === undefined || credentials.includes(stack);
  const given = peersGiven(root);
  const own = await Promise.all(meshStackFiles(root).map((file) => readMesh(tools, file, use(file.stack))));
  const named = new Map(own.map((mesh) => [mesh.name, mesh]));
  // One that has a file in stacks/, but is up elsewhere, is known by what its owner handed over.
  const peers = await Promise.all(
    [...given]
      .filter(([name]) => !named.get(name)?.contract)
      .map(([name, source]) => readForeign(tools, name, source, use)),
  );
  const usable = peers.filter(({ name, contract }) => contract || !named.has(name));
  return [...own.filter(({ name }) => usable.every((peer) => peer.name !== name)), ...usable];
}

/** A peer of another project or owner, by its file or stack. */
async function readForeign(
  tools: Toolchain,
  name: string,
  source: PeerSource,
  use: (stack: string) => boolean,
): Promise<Mesh> {
  if ("stack" in source)
    return {
      ...(await readMesh(tools, { name, stack: source.stack, importsFrom: [] }, use(source.stack))),
      foreign: true,
    };
  const mesh: Mesh = { name, stack: name, importsFrom: [], foreign: true, ...unread };
  try {
    return { ...mesh, contract: readContractFile(name, resolve(root, source.file)) };
  } catch (error) {
    return { ...mesh, problem: `cannot be read: ${reasonOf(error)}` };
  }
}

async function readMesh(
  tools: Toolchain,
  { name, stack, importsFrom }: Pick<DeclaredMesh, "name" | "stack" | "importsFrom">,
  credentials: boolean,
): Promise<Mesh> {
  const mesh: Mesh = { name, stack, importsFrom, ...unread };
  try {
    const { outputs, clear } = await readOutputs(tools, stack, credentials);
    if (outputs?.[federationOutput] === undefined)
      return { ...mesh, problem: `is not up; run \`npm run up\`, or \`pulumi up --stack ${stack}\`` };
    mesh.contract = contractOfPeer(outputs[federationOutput], name);
    const { kubeconfig, samples } = outputs as { kubeconfig?: string; samples?: { client?: SampleClient } };
    if (samples?.client)
      mesh.fallbackClient = {
        namespace: samples.client.namespace,
        serviceAccount: samples.client.app,
        app: samples.client.app,
      };
    if (clear && kubeconfig) mesh.cluster = new Cluster(kubeconfig, contextOf(stack));
    return mesh;
  } catch (error) {
    return { ...mesh, problem: `cannot be read: ${reasonOf(error)}` };
  }
}

/** A stack's outputs, `clear` with their secrets. Whoever may not decrypt them can still read what the mesh publishes. */
async function readOutputs(
  tools: Toolchain,
  stack: string,
  credentials: boolean,
): Promise<{ outputs: Record<string, any> | undefined; clear: boolean }> {
  if (credentials)
    try {
      return { outputs: await inTime(stack, stackOutputs(tools, stack, true)), clear: true };
    } catch (error) {
      // A backend that hangs would hang again. Else it may be the other side's passphrase or key that is lacking; should
      // the stack itself be unreadable, the next line says so.
      if (error instanceof Late) throw error;
    }
  return { outputs: await inTime(stack, stackOutputs(tools, stack, false)), clear: false };
}

/** How long a backend may take for a stack's outputs, in milliseconds. */
const patience = 60_000;

class Late extends Error {}

/** Outputs in time, or an error that says whose did not come. What still runs ends with this process. */
export async function inTime<T>(stack: string, outputs: Promise<T>, milliseconds = patience): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_, reject) =>
      (timer = setTimeout(
        () =>
          reject(new Late(`the backend does not give the outputs of stack "${stack}" within ${milliseconds / 1000} s`)),
        milliseconds,
      )),
  );
  return Promise.race([outputs, late]).finally(() => clearTimeout(timer));
}

/** What went wrong in one line, with what Pulumi itself said of it: of a command that failed the first line has no reason. */
export function reasonOf(error: unknown): string {
  const said =
    error instanceof Error
      ? error.message
          .split("\n")
          .slice(1)
          .map((line) => line.trim())
          .filter((line) => line.startsWith("error: "))
      : [];
  return [shortly(error), ...said].join(" ");
}

/** The kubeconfig context that a stack's configuration names. */
function contextOf(stack: string): string | undefined {
  const { config } = (parse(readIfThere(committedFile(stack)) ?? "") ?? {}) as {
    config?: Record<string, { context?: string }>;
  };
  return config?.[`${configPrefix}cluster`]?.context;
}

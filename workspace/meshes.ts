import { resolve } from "node:path";
import { parse } from "yaml";
import { type DeclaredMesh, type PeerSource, configPrefix } from "../federation/config/declaredMesh.ts";
import {
  contractOfPeer,
  federationOutput,
  type ContractImport,
  type FederationContract,
} from "../federation/contract/contract.ts";
import type { FederationObject } from "../federation/objects/federationObject.ts";
import type { SampleClient } from "../federation/cluster/sampleObjects.ts";
import { readContractFile } from "./contractFile.ts";
import { meshStackFiles, peersGiven } from "./stackFiles.ts";
import type { Toolchain } from "../tools/index.ts";
import { stackOutputs } from "./pulumiCommand.ts";
import { committedFile } from "./stackConfig.ts";
import { readIfThere, root } from "./workspace.ts";
import { errorLine, TimeoutError } from "../kube/errors.ts";
import { KubeClient } from "../kube/kubeClient.ts";

/** A mesh, as its stack or its owner publishes it. */
export interface Mesh {
  name: string;
  stack: string;
  importsFrom: string[];
  /**
   * Whether it belongs to another project or owner and is known by an entry in `peers`: its imports are not verified.
   */
  foreign?: true;
  contract: FederationContract | undefined;
  /** Its cluster, where its credentials may be used. */
  cluster: KubeClient | undefined;
  /** Client of imports that declare none: the sample `sleep`. */
  fallbackClient: ContractImport["client"];
  /** Why contract or cluster is missing, as the end of a sentence that begins with the mesh. */
  problem: string | undefined;
}

/** Where it is recorded what was made: in the states of stacks, or in a folder of manifests. */
export interface MeshSource {
  /** @param credentials names of the stacks whose credentials may be used; default all */
  meshes: (credentials?: string[]) => Promise<Mesh[]>;
  /** The objects that were made for a mesh. */
  created: (mesh: Mesh) => Promise<FederationObject[]>;
  /** How a missing or changed object comes back, as an instruction. */
  restore: string;
}

/** A mesh before anything was read. */
const unread = { contract: undefined, cluster: undefined, fallbackClient: undefined, problem: undefined };

/**
 * Reads the outputs of the mesh stacks. A stack that cannot be read is a mesh with a problem, not an error.
 * @param credentials names of the stacks whose credentials may be used; default all
 */
export async function readMeshes(tools: Toolchain, credentials?: string[]): Promise<Mesh[]> {
  const use = (stack: string): boolean => credentials === undefined || credentials.includes(stack);
  const given = peersGiven(root);
  const own = await Promise.all(meshStackFiles(root).map((file) => readMesh(tools, file, use(file.stack))));
  const named = new Map(own.map((mesh) => [mesh.name, mesh]));
  // A mesh with a stack file here may be up elsewhere; the contract from its owner counts then.
  const peers = await Promise.all(
    [...given]
      .filter(([name]) => !named.get(name)?.contract)
      .map(([name, source]) => readForeign(tools, name, source, use)),
  );
  const usable = peers.filter(({ name, contract }) => contract || !named.has(name));
  return [...own.filter(({ name }) => usable.every((peer) => peer.name !== name)), ...usable];
}

/** Reads a peer of another project or owner, from its file or stack. */
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
    if (clear && kubeconfig) mesh.cluster = new KubeClient(kubeconfig, contextOf(stack));
    return mesh;
  } catch (error) {
    return { ...mesh, problem: `cannot be read: ${reasonOf(error)}` };
  }
}

/** A stack's outputs; `clear`: with their secrets. Without the key, the contract can still be read. */
async function readOutputs(
  tools: Toolchain,
  stack: string,
  credentials: boolean,
): Promise<{ outputs: Record<string, any> | undefined; clear: boolean }> {
  if (credentials)
    try {
      return { outputs: await inTime(stack, stackOutputs(tools, stack, true)), clear: true };
    } catch (error) {
      // A backend that hangs would hang again. Otherwise the passphrase or key may be missing; if the stack itself
      // cannot be read, the next line throws.
      if (error instanceof TimeoutError) throw error;
    }
  return { outputs: await inTime(stack, stackOutputs(tools, stack, false)), clear: false };
}

/** Milliseconds that a backend may take for a stack's outputs. */
const backendTimeout = 60_000;

/** Outputs of a stack, or a {@link TimeoutError}. A command that still runs ends with this process. */
export async function inTime<T>(stack: string, outputs: Promise<T>, milliseconds = backendTimeout): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new TimeoutError(
      `the backend does not return the outputs of stack "${stack}" within ${milliseconds / 1000} s`,
    );
    timer = setTimeout(() => reject(error), milliseconds);
  });
  return Promise.race([outputs, late]).finally(() => clearTimeout(timer));
}

/** An error in one line. The first line of a failed Pulumi command has no reason, so its own `error:` lines follow. */
export function reasonOf(error: unknown): string {
  const lines = error instanceof Error ? error.message.split("\n").slice(1) : [];
  const pulumiErrors = lines.map((line) => line.trim()).filter((line) => line.startsWith("error: "));
  return [errorLine(error), ...pulumiErrors].join(" ");
}

/** The kubeconfig context that a stack's configuration names. */
function contextOf(stack: string): string | undefined {
  const { config } = (parse(readIfThere(committedFile(stack)) ?? "") ?? {}) as {
    config?: Record<string, { context?: string }>;
  };
  return config?.[`${configPrefix}cluster`]?.context;
}

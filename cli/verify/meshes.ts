import { parse } from "yaml";
import { federationOutput, parseContract, type FederationContract } from "../../components/plan/contract.ts";
import type { SampleClient } from "../../components/plan/sampleObjects.ts";
import { configPrefix, meshStackFiles, type StackFile } from "../../infra/stackFiles.ts";
import type { Toolchain } from "../../toolchain/index.ts";
import { stackOutputs } from "../pulumiCommand.ts";
import { committedFile } from "../stackConfig.ts";
import { readIfThere, root } from "../workspace.ts";
import type { Client } from "./edge.ts";
import { Cluster, shortly } from "./gather/cluster.ts";

/** A mesh as far as this project's stacks let us see it. */
export interface Mesh {
  name: string;
  stack: string;
  importsFrom: string[];
  contract: FederationContract | undefined;
  /** Its cluster, where its credentials may be used. */
  cluster: Cluster | undefined;
  /** Client of imports that declare none: the sample `sleep`. */
  fallbackClient: Client | undefined;
  /** Why contract or cluster is missing. */
  problem: string | undefined;
}

/**
 * Reads what the mesh stacks published. A stack that cannot be read is a mesh with a problem, not an error.
 * @param credentials names of the stacks whose credentials may be used; default all
 */
export async function readMeshes(tools: Toolchain, credentials?: string[]): Promise<Mesh[]> {
  return Promise.all(meshStackFiles(root).map((file) => readMesh(tools, file, credentials === undefined || credentials.includes(file.stack))));
}

async function readMesh(tools: Toolchain, { name, stack, importsFrom }: StackFile, credentials: boolean): Promise<Mesh> {
  const mesh: Mesh = { name, stack, importsFrom, contract: undefined, cluster: undefined, fallbackClient: undefined, problem: undefined };
  try {
    const { outputs, clear } = await readOutputs(tools, stack, credentials);
    if (outputs?.[federationOutput] === undefined) return { ...mesh, problem: `is not up; run \`npm run up\`, or \`pulumi up --stack ${stack}\`` };
    mesh.contract = parseContract(outputs[federationOutput], name);
    const { kubeconfig, samples } = outputs as { kubeconfig?: string; samples?: { client?: SampleClient } };
    if (samples?.client) mesh.fallbackClient = { namespace: samples.client.namespace, serviceAccount: samples.client.app, app: samples.client.app };
    if (clear && kubeconfig) mesh.cluster = new Cluster(kubeconfig, contextOf(stack));
    return mesh;
  } catch (error) {
    return { ...mesh, problem: `cannot be read: ${shortly(error)}` };
  }
}

/** A stack's outputs, `clear` with their secrets. Whoever may not decrypt them can still read what the mesh publishes. */
async function readOutputs(tools: Toolchain, stack: string, credentials: boolean): Promise<{ outputs: Record<string, any> | undefined; clear: boolean }> {
  if (credentials)
    try {
      return { outputs: await stackOutputs(tools, stack, true), clear: true };
    } catch {
      // Without the other side's passphrase or key; should the stack itself be unreadable, the next line says so.
    }
  return { outputs: await stackOutputs(tools, stack, false), clear: false };
}

/** The kubeconfig context that a stack's configuration names. */
function contextOf(stack: string): string | undefined {
  const { config } = (parse(readIfThere(committedFile(stack)) ?? "") ?? {}) as { config?: Record<string, { context?: string }> };
  return config?.[`${configPrefix}cluster`]?.context;
}

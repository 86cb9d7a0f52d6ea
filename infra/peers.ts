import * as pulumi from "@pulumi/pulumi";
import { parseContract } from "../components/plan/contract.ts";
import type { Peer } from "../components/plan/resolveImports.ts";

/** Name of the stack output in which a mesh publishes its contract. */
export const federationOutput = "federation";

/** Full name of a stack of this project: `organization/project/stack`. */
export function stackName(stack: string): string {
  return `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
}

/**
 * Reads what a peer published in its stack.
 *
 * A StackReference to a stack that does not exist fails the whole run; the invoke behind it can be caught, so a peer
 * that is not there yet only leaves its imports pending.
 */
export async function readPeer(name: string, stack: string): Promise<Peer> {
  let outputs: Record<string, unknown>;
  try {
    outputs = await readOutputs(stack);
  } catch (error) {
    if (/unknown stack|no stack named|not found/i.test(String((error as Error).message))) return { state: "absent", stack };
    throw error;
  }
  const published = outputs[federationOutput];
  return published === undefined ? { state: "empty", stack } : { state: "up", stack, contract: parseContract(published, name) };
}

/** Plain outputs of another stack. Rejects when the stack does not exist; secrets are left out by the engine. */
export async function readOutputs(stack: string): Promise<Record<string, unknown>> {
  const result = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stack })) as { outputs?: Record<string, unknown> } | undefined;
  return result?.outputs ?? {};
}

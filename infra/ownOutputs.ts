import * as pulumi from "@pulumi/pulumi";
import { federationOutput, parseContract, type FederationContract } from "../federation/contract/contract.ts";
import { numberedRequests, numberedRoots } from "../federation/contract/trustOutputs.ts";
import type { NumberedRequest, NumberedRoot } from "../federation/trust/chooseCa.ts";
import { stackName } from "./peers.ts";
import { isStackAbsent } from "./pulumiMessages.ts";
import { readOutputs } from "./readOutputs.ts";

/** What the last `up` of this stack has published. */
export interface OwnOutputs {
  /** Undefined before the mesh has a CA. */
  contract: FederationContract | undefined;
  requests: NumberedRequest[];
  /** Roots of its own. */
  roots: NumberedRoot[];
}

/**
 * Reads the stack's own outputs. They are what the running mesh has, against which a change of its trust is checked.
 * @throws UserError when its contract is not one
 */
export async function readOwnOutputs(mesh: string): Promise<OwnOutputs> {
  const stack = stackName(pulumi.getStack());
  const outputs = await readOutputs(stack).catch((error: unknown): Record<string, unknown> => {
    // A preview of a stack that no update has written yet.
    if (isStackAbsent(String((error as Error).message), stack)) return {};
    throw error;
  });
  const published = outputs[federationOutput];
  return {
    contract: published === undefined ? undefined : parseContract(published, mesh),
    requests: numberedRequests(outputs),
    roots: numberedRoots(outputs),
  };
}

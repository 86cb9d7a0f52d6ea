import * as pulumi from "@pulumi/pulumi";
import {
  federationOutput,
  numberedRequests,
  numberedRoots,
  publishedControlPlanes,
  publishedTrust,
  type NumberedRequest,
  type NumberedRoot,
  type PublishedTrust,
} from "../federation/index.ts";
import { stackName } from "./peers.ts";
import { readOutputsIfThere } from "./readOutputs.ts";

/** What the last `up` of this stack has published. */
export interface OwnOutputs {
  /** Undefined before the mesh has a CA. */
  contract: PublishedTrust | undefined;
  requests: NumberedRequest[];
  /** Roots of its own. */
  roots: NumberedRoot[];
  /** Revisions of its managed control planes. */
  controlPlanes: string[];
}

/**
 * Reads the stack's own outputs. They are what the running mesh has, against which a change of its trust is checked.
 * @throws UserError `own-contract-invalid`
 */
export async function readOwnOutputs(mesh: string): Promise<OwnOutputs> {
  const outputs = await readOutputsIfThere(stackName(pulumi.getStack()));
  const published = outputs[federationOutput];
  return {
    contract: published === undefined ? undefined : publishedTrust(published, mesh),
    requests: numberedRequests(outputs),
    roots: numberedRoots(outputs),
    controlPlanes: publishedControlPlanes(outputs),
  };
}

import { readFileSync } from "node:fs";
import { isMapping } from "../federation/config/values.ts";
import { contractOfPeer, federationOutput, type FederationContract } from "../federation/contract/contract.ts";
import { UserError } from "../federation/errors/userError.ts";

/** Type of the resource that has the outputs of a stack. */
export const stackType = "pulumi:pulumi:Stack";

/**
 * The contract that a stack would publish, by the events of its preview. Undefined where the preview does not know it:
 * the address of a gateway that is to be made is not known before.
 * @param log of `pulumi preview --event-log`, one event of the engine in a line
 * (https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/apitype/events.go, EngineEvent)
 * @param mesh whose contract it has to be
 */
export function previewedContract(log: string, mesh: string): FederationContract | undefined {
  const published = linesIn(log).map(outputsOfStack).findLast(Boolean)?.[federationOutput];
  // The place of an unknown value has a text, and that of a secret an object of another form.
  if (!isMapping(published)) return undefined;
  try {
    return contractOfPeer(published, mesh);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Pulumi writes no log where it cannot open the file. */
function linesIn(log: string): string[] {
  try {
    return readFileSync(log, "utf8").split("\n").filter(Boolean);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function outputsOfStack(line: string): Record<string, unknown> | undefined {
  const event = JSON.parse(line) as {
    resOutputsEvent?: { metadata?: { type?: string; new?: { outputs?: Record<string, unknown> } } };
  };
  const metadata = event.resOutputsEvent?.metadata;
  return metadata?.type === stackType ? metadata.new?.outputs : undefined;
}

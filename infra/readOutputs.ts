import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../federation/index.ts";
import { isStackAbsent, isStateBeingWritten } from "./pulumiMessages.ts";

/** How often a state that another run writes is read, and the pause between two attempts, in milliseconds. */
const [attempts, pause] = [25, 200];

/**
 * Plain outputs of another stack; the engine leaves out secrets. Rejects when the stack does not exist.
 *
 * Meshes are deployed in parallel, and a backend of files cannot be read while another run writes the state, so that is
 * retried. When it does not end, no run is writing: one was killed while it wrote.
 */
export async function readOutputs(stack: string): Promise<Record<string, unknown>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const result = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stack })) as
        { outputs?: Record<string, unknown> } | undefined;
      return result?.outputs ?? {};
    } catch (error) {
      if (!isStateBeingWritten(String((error as Error).message))) throw error;
      if (attempt === attempts)
        throw new UserError(
          "state-unreadable",
          {
            subject: `stack "${stack}"`,
            problem: "its state cannot be read, probably because a run was killed while it wrote the state",
            remedy: "Run `npm run up`, or any other command, in the clone that has the state; it repairs the state",
          },
          [],
          { cause: error },
        );
      await sleep(pause);
    }
  }
}

/** The same, and no outputs where the stack does not exist: a preview of one that no update has written yet. */
export async function readOutputsIfThere(stack: string): Promise<Record<string, unknown>> {
  try {
    return await readOutputs(stack);
  } catch (error) {
    if (isStackAbsent(String((error as Error).message), stack)) return {};
    throw error;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** How often outputs are read that another run is just writing, and the pause between, in milliseconds. */
const [tries, pause] = [25, 200];

/**
 * Plain outputs of another stack. Rejects when the stack does not exist; secrets are left out by the engine.
 *
 * Meshes are brought up side by side, and a backend of files cannot be read in the moment in which a stack's run writes
 * its state (https://github.com/google/go-cloud/blob/master/blob/fileblob/attrs.go), so that is tried again. Where it
 * stays so, no run is writing: one was killed in that moment.
 */
export async function readOutputs(stack: string): Promise<Record<string, unknown>> {
  for (let left = tries; ; left--) {
    try {
      const result = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name: stack })) as
        { outputs?: Record<string, unknown> } | undefined;
      return result?.outputs ?? {};
    } catch (error) {
      if (!/failed to load checkpoint: (unexpected )?EOF/.test(String((error as Error).message))) throw error;
      if (left === 1)
        throw new Error(
          `the state of stack "${stack}" cannot be read, probably because a run was killed while it wrote it; \`npm run up\`, or any other command of this clone whose state it is, makes it readable again`,
          { cause: error },
        );
      await sleep(pause);
    }
  }
}

import { printableJson } from "../federation/errors/userError.ts";
import type { MeshSource } from "../workspace/meshes.ts";
import { readStatus } from "./readStatus.ts";
import { statusScreen } from "./screen.ts";

/** Prints the status as a screen or as JSON. Returns the exit code: 1 where it is not complete. */
export async function printStatus(source: MeshSource, json: boolean): Promise<number> {
  const { status, complete } = await readStatus(source);
  process.stdout.write(json ? `${printableJson({ version: 1, ...status })}\n` : statusScreen(status, Date.now()));
  return complete ? 0 : 1;
}

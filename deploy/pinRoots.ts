import { readFileSync } from "node:fs";
import type { Untrusted } from "../federation/trust/untrusted.ts";
import type { Progress } from "../tools/progress.ts";
import { writeInOneStep } from "../tools/writeInOneStep.ts";
import { committedFile } from "../workspace/stackConfig.ts";
import { pinnedFor, withPin } from "./pins.ts";

/**
 * Pins, in the stack files, the roots of meshes of this project that a mesh has never pinned. Their owner is the owner
 * of this clone, so that there is nobody to ask; a pin that exists is never changed. Returns whether a file changed.
 *
 * @param stacks names of the stacks by mesh
 */
export function pinRoots(
  untrusted: readonly Untrusted[],
  stacks: ReadonlyMap<string, string>,
  progress: Progress,
): boolean {
  let changed = false;
  for (const { mesh, peer, root } of untrusted) {
    const { pinned, other } = pinRoot(committedFile(stacks.get(mesh)!), peer, root);
    if (pinned) progress.note(`${mesh}: pinned root ${root} of ${peer} in its stack file`);
    if (other !== undefined)
      progress.note(`${mesh}: root ${root} of ${peer} is not pinned: its stack file pins it for ${other}`);
    changed ||= pinned;
  }
  return changed;
}

/**
 * Pins a root of a peer in a stack file, whose comments stay. Nothing changes where the peer has a pin, or where the
 * file pins the root for another peer, which is `other`.
 * @throws UserError `stack-file-invalid` where the file cannot be edited
 */
export function pinRoot(file: string, peer: string, sha256: string): { pinned: boolean; other?: string } {
  const text = readFileSync(file, "utf8");
  const pinned = withPin(text, peer, sha256, file);
  if (pinned === undefined) return { pinned: false };
  const other = pinnedFor(text, sha256);
  if (other !== undefined) return { pinned: false, other };
  writeInOneStep(file, pinned);
  return { pinned: true };
}

import { readFileSync, writeFileSync } from "node:fs";
import type { Untrusted } from "../federation/trust/untrusted.ts";
import type { Progress } from "../tools/progress.ts";
import { committedFile } from "../workspace/stackConfig.ts";
import { withPin } from "./pins.ts";

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
  const pinned = untrusted.filter(({ mesh, peer, root }) => pinRoot(committedFile(stacks.get(mesh)!), peer, root));
  for (const { mesh, peer, root } of pinned) progress.note(`${mesh}: pinned root ${root} of ${peer} in its stack file`);
  return pinned.length > 0;
}

/** Pins a root of a peer in a stack file, whose comments stay. Returns false where the peer has a pin already. */
export function pinRoot(file: string, peer: string, sha256: string): boolean {
  const pinned = withPin(readFileSync(file, "utf8"), peer, sha256);
  if (pinned === undefined) return false;
  writeFileSync(file, pinned);
  return true;
}

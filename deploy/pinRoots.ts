import { readFileSync, writeFileSync } from "node:fs";
import { isMap, parseDocument, type Document } from "yaml";
import { configPrefix } from "../federation/config/declaredMesh.ts";
import type { Untrusted } from "../federation/trust/untrusted.ts";
import type { Progress } from "../tools/progress.ts";
import { committedFile } from "../workspace/stackConfig.ts";

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
  const document = parseDocument(readFileSync(file, "utf8"));
  const path = ["config", `${configPrefix}peers`, peer, "roots"];
  if (hasItems(document, path)) return false;
  document.setIn(path, [sha256]);
  writeFileSync(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }));
  return true;
}

function hasItems(document: Document, path: string[]): boolean {
  const found = document.getIn(path) as { items?: unknown[] } | undefined;
  return found !== undefined && !isMap(found) && (found.items?.length ?? 1) > 0;
}

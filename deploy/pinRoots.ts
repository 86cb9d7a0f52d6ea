import { readFileSync, writeFileSync } from "node:fs";
import { isMap, parseDocument, type Document } from "yaml";
import { configPrefix, type DeclaredMesh } from "../federation/config/declaredMesh.ts";
import type { FederationContract } from "../federation/contract/contract.ts";
import type { Progress } from "../tools/progress.ts";
import { committedFile } from "../workspace/stackConfig.ts";

/** What a stack of this clone has published. It may be that of an earlier release. */
export type OwnContract = Partial<Pick<FederationContract, "mesh" | "pendingImports" | "pendingTrust">>;

/** A mesh of this project with what it has published. */
interface Published {
  mesh: Pick<DeclaredMesh, "stack" | "name">;
  contract: OwnContract | undefined;
}

/**
 * Pins, in the stack files, the roots of meshes of this project that a mesh has never pinned. Their owner is the owner
 * of this clone, so that there is nobody to ask; a pin that exists is never changed. Returns whether a file changed.
 */
export function pinRoots(published: readonly Published[], progress: Progress): boolean {
  let changed = false;
  for (const { mesh, contract } of published)
    for (const { mesh: peer } of contract?.pendingTrust ?? []) {
      const active = published
        .find((other) => other.mesh.name === peer)
        ?.contract?.mesh?.roots.find(({ use }) => use === "active");
      if (!active || !pinRoot(committedFile(mesh.stack), peer, active.sha256)) continue;
      progress.note(`${mesh.stack}: pinned root ${active.sha256} of ${peer} in its stack file`);
      changed = true;
    }
  return changed;
}

/** Pins a root of a peer in a stack file, whose comments stay. Returns false where the peer has a pin already. */
export function pinRoot(file: string, peer: string, sha256: string): boolean {
  const document = parseDocument(readFileSync(file, "utf8"));
  const path = ["config", `${configPrefix}peers`, peer, "roots"];
  if (hasItems(document, path)) return false;
  document.setIn(path, [sha256]);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
  return true;
}

function hasItems(document: Document, path: string[]): boolean {
  const found = document.getIn(path) as { items?: unknown[] } | undefined;
  return found !== undefined && !isMap(found) && (found.items?.length ?? 1) > 0;
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  declaredMesh,
  declaredPeers,
  isMeshStack,
  stackFileKeys,
  type DeclaredMesh,
  type PeerSource,
} from "../federation/config/declaredMesh.ts";
import { UserError } from "../federation/errors/userError.ts";

/** The mesh stacks that have a file in `stacks/`, sorted by name. Throws a UserError that names an invalid file. */
export function meshStackFiles(root: string = process.cwd()): DeclaredMesh[] {
  return stackFiles(root).flatMap(({ stack, raw }) => (isMeshStack(raw) ? [declaredMesh(stack, raw)] : []));
}

/**
 * The mesh of a name, or of the stack of that name.
 * @throws UserError `mesh-unknown`
 */
export function meshNamed(given: string, root: string = process.cwd()): DeclaredMesh {
  const declared = meshStackFiles(root);
  const found = declared.find((mesh) => mesh.name === given || mesh.stack === given);
  if (found) return found;
  throw new UserError("mesh-unknown", {
    subject: `mesh "${given}"`,
    problem: "no stack file declares it",
    remedy: `Declared meshes: ${declared.map((mesh) => mesh.name).join(", ") || "none"}`,
  });
}

/** The trust stacks that have a file in `stacks/`, sorted by name; none where every mesh has a CA of its own. */
export function trustStacks(root: string = process.cwd()): string[] {
  return stackFiles(root).flatMap(({ stack, raw }) => (raw["role"] === "trust" ? [stack] : []));
}

/** Where meshes of other projects publish, by name, see {@link declaredPeers}. */
export function peersGiven(root: string = process.cwd()): Map<string, PeerSource> {
  return declaredPeers(stackFiles(root));
}

function stackFiles(root: string): { stack: string; raw: Record<string, unknown> }[] {
  return stackNames(root).map((stack) => ({ stack, raw: readStackFile(root, stack) }));
}

/** Names of the stacks that have a file in `stacks/`, sorted. Throws when there is no such folder. */
export function stackNames(root: string): string[] {
  return readdirSync(join(root, "stacks"))
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/** The keys of a stack file, without the project's prefix. Throws a UserError when the file is invalid. */
export function readStackFile(root: string, stack: string): Record<string, unknown> {
  const path = `stacks/Pulumi.${stack}.yaml`;
  return stackFileKeys(readFileSync(join(root, path), "utf8"), path);
}

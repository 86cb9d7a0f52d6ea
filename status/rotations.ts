import { configuredRotation } from "../federation/config/rotationKeys.ts";
import { readRootConfig, rootDefaults } from "../federation/config/rootConfig.ts";
import type { Mesh } from "../workspace/meshes.ts";
import { readStackFile } from "../workspace/stackFiles.ts";
import { root as clone } from "../workspace/workspace.ts";

const hour = 3_600_000;

/** The CA of a mesh whose root its stack file names, so that `npm run rotate` changes it. */
export interface NumberedCa {
  /** Milliseconds before its end from which an `up` renews it; undefined where another project signs it. */
  earlyRenewal: number | undefined;
}

type StackOfMesh = Pick<Mesh, "stack" | "foreign">;

/** What the stack file of a mesh says about its root; undefined for a mesh without a file, or with an invalid one. */
function configured({ stack, foreign }: StackOfMesh, root: string) {
  if (foreign) return undefined;
  try {
    const keys = readStackFile(root, stack);
    return { ...configuredRotation(keys, stack), ca: keys["ca"] };
  } catch {
    return undefined;
  }
}

/**
 * The phase of a mesh's rotation by its stack file, otherwise by its contract; undefined where there is none.
 * @param root folder with the folder `stacks`
 */
export function rotationOf(mesh: StackOfMesh & Pick<Mesh, "contract">, root = clone): string | undefined {
  const file = configured(mesh, root);
  if (file && file.phase !== "none") return `phase ${file.phase}, from root ${file.root} to root ${file.next}`;
  const uses = mesh.contract?.mesh.roots.map(({ use }) => use) ?? [];
  if (uses.includes("next")) return "phase add, by its contract";
  return uses.includes("retiring") ? "phase switch, by its contract" : undefined;
}

/**
 * The CA of a mesh, as its stack file says; undefined where its root has no number there.
 * @param root folder with the folder `stacks`
 */
export function numberedCa(mesh: StackOfMesh, root = clone): NumberedCa | undefined {
  const file = configured(mesh, root);
  if (file?.root === undefined) return undefined;
  const { earlyRenewalHours, stack = "trust" } = (file.ca ?? {}) as { earlyRenewalHours?: number; stack?: string };
  const hours =
    file.provider === "own" ? (earlyRenewalHours ?? rootDefaults.earlyRenewalHours) : signersHours(stack, root);
  return { earlyRenewal: hours === undefined ? undefined : hours * hour };
}

/** Hours of early renewal of a trust stack; undefined where it belongs to another project. */
function signersHours(stack: string, root: string): number | undefined {
  try {
    const { root: config, meshes } = readStackFile(root, stack);
    return readRootConfig({ root: config, meshes }, stack).earlyRenewalHours;
  } catch {
    return undefined;
  }
}

import { loadOffline } from "../tools/offline.ts";
import { meshStackFiles } from "./stackFiles.ts";
import type { Source } from "../tools/source.ts";

/**
 * Whether the commands of the clone at `root` need a lab: in registry mode, for clusters that are made there. Where
 * every cluster exists already, a lab would only hide them: its network leads nowhere.
 */
export async function needsLab(source: Source, root: string): Promise<boolean> {
  if (source !== "registry") return false;
  if ((await loadOffline()).hasLab(root)) return true;
  try {
    return meshStackFiles(root).some((mesh) => mesh.onKind);
  } catch {
    // The program itself reports a file that cannot be read.
    return true;
  }
}

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, ownIdentity, type ProcessIdentity } from "./processes.ts";

/**
 * Runs `work` while this process alone holds the lock file.
 *
 * The file holds its owner's identity; a lock whose owner is dead is taken over, so a killed run blocks nobody.
 * @param onWait called once, with the owner's pid, when the lock has to be waited for
 */
export async function withLock<T>(path: string, work: () => Promise<T>, onWait: (pid: number) => void = () => undefined): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  for (let waited = false; !take(path); waited = true) {
    const owner = ownerOf(path);
    if (owner && isAlive(owner)) {
      if (!waited) onWait(owner.pid);
      await sleep(500);
    } else {
      // Taken away only if it is still the dead owner's: another process may have done so meanwhile.
      const again = ownerOf(path);
      if (!again || !isAlive(again)) rmSync(path, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Creates the lock file with its content at once (a hard link is atomic); false when it exists. */
function take(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(ownIdentity()));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function ownerOf(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

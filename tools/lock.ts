import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, ownIdentity, type ProcessIdentity } from "./processes.ts";

/** How long is waited between two looks at a lock that is taken, in milliseconds. */
const pause = 200;

/**
 * Runs `work` while this process alone holds the lock file.
 *
 * The file holds its owner's identity; a lock whose owner is dead is taken over, so a killed run blocks no other.
 * @param onWait called once, with the owner's pid, when the lock has to be waited for
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (pid: number) => void = () => undefined,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let reported = false;
  while (!take(path)) {
    const owner = ownerOf(path);
    if (owner === "none") continue; // given back in this moment
    if (owner === "unreadable" || !isAlive(owner)) {
      if (clearDead(path)) continue;
    } else if (!reported) {
      reported = true;
      onWait(owner.pid);
    }
    await sleep(pause);
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

/**
 * Removes a dead owner's lock; false when another process is about to. Only one may, and looks again before it does:
 * of two that saw the same dead owner, the slower would otherwise remove the lock that the quicker has taken since.
 */
function clearDead(path: string): boolean {
  const guard = `${path}.clearing`;
  if (!take(guard)) {
    const clearer = ownerOf(guard);
    // Killed in the blink between the two lines below.
    if (clearer === "unreadable" || (clearer !== "none" && !isAlive(clearer))) rmSync(guard, { force: true });
    return false;
  }
  const owner = ownerOf(path);
  if (owner === "unreadable" || (owner !== "none" && !isAlive(owner))) rmSync(path, { force: true });
  rmSync(guard, { force: true });
  return true;
}

/** A lock is never half-written; one that cannot be read is what a crash of the machine left. */
function ownerOf(path: string): ProcessIdentity | "none" | "unreadable" {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
    return Number.isInteger(owner?.pid) ? owner : "unreadable";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? "none" : "unreadable";
  }
}

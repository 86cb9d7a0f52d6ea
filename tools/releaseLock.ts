import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeInOneStep } from "./writeInOneStep.ts";
import { UserError } from "../federation/errors/userError.ts";
import type { Release } from "./releases.ts";

/** The two records of what was downloaded: SHA-256 by the publisher's URL. */
export interface Locks {
  /** In the repository. Nothing but {@link promote} writes it, so that a run leaves git clean. */
  committed: string;
  /** The clone's own, of what the committed one does not know. */
  own: string;
  /** Whether a file that the committed one does not name is refused; default: no. */
  committedOnly?: boolean;
}

export const lockFiles: Locks = {
  committed: join(import.meta.dirname, "releases.lock.json"),
  own: join(import.meta.dirname, "..", ".federation", "releases.lock.json"),
  // The clone of a CI job starts without records of its own: each run would trust what it sees first.
  committedOnly: process.env["CI"] === "true",
};

/** Moves what a clone recorded into the committed file. */
export const promoteCommand = "npm run lock:releases";

interface Lock {
  comment?: string;
  entries: Record<string, { sha256: string }>;
}

/** How a release gets into the committed file, as an instruction. */
export const lockRemedy =
  `On a developer's machine of the same system (${process.platform}/${process.arch}) that reaches the publisher, run ` +
  `\`npm run up -- --source release\`, then \`${promoteCommand}\`, and commit tools/releases.lock.json`;

/**
 * The recorded SHA-256 of a release; undefined when it was never downloaded.
 * Throws when a file cannot be read, this clone downloaded another file than the committed record allows, or the
 * committed record is required and has none.
 */
export function lockedSum(
  release: Pick<Release, "name" | "origin">,
  { committed, own, committedOnly }: Locks,
): string | undefined {
  const sum = readCommitted(committed).entries[release.origin]?.sha256;
  if (!sum && committedOnly)
    throw new UserError("release-unlocked", {
      subject: release.name,
      problem: `${committed} has no checksum of ${release.origin}, and with CI=true no other file is used`,
      remedy: lockRemedy,
    });
  const seen = readOwn(own).entries[release.origin]?.sha256;
  if (sum && seen && sum !== seen)
    throw new UserError("release-lock-conflict", {
      subject: release.name,
      problem: `${committed} records ${sum} for ${release.origin}, but this clone downloaded ${seen} (${own})`,
      remedy: `Do not use the downloaded file: delete .federation/home/plugins and ${own}, and run again`,
    });
  return sum ?? seen;
}

/** Records the SHA-256 of a release that neither file knows, in the clone's own. */
export function recordSum(release: Pick<Release, "origin">, sha256: string, { own }: Locks): void {
  const lock = readOwn(own);
  lock.entries[release.origin] = { sha256 };
  write(own, lock);
}

/** Moves the entries of the clone's own file to the committed one. Returns the URLs that were new there. */
export function promote({ committed, own }: Locks): string[] {
  const target = readCommitted(committed);
  const fresh = Object.entries(readOwn(own).entries).filter(([url, { sha256 }]) => {
    const known = target.entries[url]?.sha256;
    if (known && known !== sha256)
      throw new UserError("release-lock-conflict", {
        subject: url,
        problem: `${committed} records ${known}, but ${own} records ${sha256}`,
        remedy: "Find out which of them is right before you use either",
      });
    return !known;
  });
  if (fresh.length > 0) write(committed, { ...target, entries: { ...target.entries, ...Object.fromEntries(fresh) } });
  rmSync(own, { force: true });
  return fresh.map(([url]) => url).sort();
}

function write(path: string, lock: Lock): void {
  const entries = Object.fromEntries(Object.entries(lock.entries).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeInOneStep(path, `${JSON.stringify({ ...lock, entries }, undefined, 2)}\n`);
}

function readCommitted(path: string): Lock {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Lock;
  } catch (error) {
    throw unreadable(path, error, "Restore it with git: nothing is downloaded unchecked");
  }
}

function readOwn(path: string): Lock {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Lock;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { entries: {} };
    throw unreadable(path, error, "Delete it: its files are downloaded and checked again");
  }
}

function unreadable(path: string, error: unknown, remedy: string): UserError {
  const problem = `cannot be read (${(error as Error).message})`;
  return new UserError("release-lock-unreadable", { subject: path, problem, remedy }, [], { cause: error });
}

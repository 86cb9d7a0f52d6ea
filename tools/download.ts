import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../federation/errors/userError.ts";
import { publishedSum, type PublishedSum } from "./checksums.ts";
import { reasonOf, request } from "./http.ts";
import { withLock } from "./lock.ts";
import { lockFiles, lockedSum, lockRemedy, promoteCommand, recordSum, type Locks } from "./releaseLock.ts";
import { isMirrored, mirrorVariable, type Release } from "./releases.ts";
import { run } from "./run.ts";

/** Who hears of a download: lines for the user, and what is going on right now. */
export interface Listener {
  note(line: string): void;
  update(text: string): void;
}

/** Settings that only tests change. */
export interface DownloadOptions {
  locks?: Locks;
  /** How long nothing may arrive before a download counts as stuck, in milliseconds. */
  stallAfter?: number;
}

const remedy = "Check the connection, HTTPS_PROXY and NODE_EXTRA_CA_CERTS, or use --source registry";

/**
 * Downloads a release below `folder` and returns its path.
 *
 * The file is checked against its publisher's checksum list, and its SHA-256 against the committed lock file and the
 * clone's own. A file that neither knows is added to the clone's own, and a note says how to commit it. A file
 * that is there already and agrees with the lock is taken as it is, without a connection.
 * A file of a mirror is checked against the lock alone, or the publisher's list where the lock does not know it; the
 * mirror's list is never read.
 * Rejects, leaving no file behind, when the server says no, the file is cut short, or a checksum differs.
 */
export async function download(
  release: Release,
  folder: string,
  listener: Listener,
  options: DownloadOptions = {},
): Promise<string> {
  const { locks = lockFiles, stallAfter = 60_000 } = options;
  // In a folder per version: kind's file is called the same in every version.
  const target = join(folder, release.name.replaceAll(" ", "-"), release.file);
  const work = async (): Promise<string> => {
    const locked = lockedSum(release, locks);
    if (locked && existsSync(target) && (await sumOf(target, "sha256")) === locked) return target;
    const changed = (problem: string): UserError => changedError(release, problem, locked!, locks);
    const unlike = (actual: string): UserError => changed(`${release.url} has the SHA-256 ${actual}`);
    const fetchAs = (expected: PublishedSum, otherwise: (actual: string) => UserError): Promise<void> =>
      fetchChecked(release, target, { ...expected, otherwise }, listener, stallAfter);
    if (locked && isMirrored(release)) {
      await fetchAs({ algorithm: "sha256", sum: locked }, unlike);
      return target;
    }
    const published = publishedSum(await readList(release, stallAfter), release);
    if (locked && published.algorithm === "sha256" && published.sum !== locked)
      throw changed(`the publisher now lists the checksum ${published.sum}`);
    if (!existsSync(target) || (await sumOf(target, published.algorithm)) !== published.sum)
      await fetchAs(published, (actual) => mismatchError(release, published, actual));
    const sum = await sumOf(target, "sha256");
    if (locked && sum !== locked) {
      rmSync(target);
      throw unlike(sum);
    }
    if (!locked) {
      recordSum(release, sum, locks);
      listener.note(
        `${release.name}: checksum recorded in ${locks.own}; \`${promoteCommand}\` moves it to the committed file`,
      );
    }
    return target;
  };
  return withLock(join(folder, "lock"), work, (pid) =>
    listener.note(`${release.name}: waiting for process ${pid}, which is downloading`),
  );
}

function changedError(release: Release, problem: string, locked: string, { committed, own }: Locks): UserError {
  return new UserError("release-changed", {
    subject: release.name,
    problem: `${problem}, but ${committed} or ${own} records ${locked} for ${release.origin}`,
    remedy: isMirrored(release)
      ? "The file is not used. Find out why the mirror has another file than the publisher"
      : "Do not trust a release that changes. If you know why it did, remove the entry and run again",
  });
}

function mismatchError(release: Release, { algorithm, sum }: PublishedSum, actual: string): UserError {
  return new UserError("checksum-mismatch", {
    subject: release.name,
    problem:
      `${release.url} has the ${algorithm} checksum ${actual}, ` +
      `its publisher lists ${sum} (${release.checksumsUrl})`,
    remedy: "The file is removed. Run again; if it fails again, a proxy or mirror changes the file",
  });
}

/** Unpacks a .tar.gz into a new folder. */
export async function extract(archive: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run("tar", ["-xzf", archive, "--no-same-owner", "-C", folder]);
}

/** The checksum that a file must have, and the error where it has another one. */
interface Expected extends PublishedSum {
  otherwise: (actual: string) => UserError;
}

async function fetchChecked(
  release: Release,
  target: string,
  { algorithm, sum, otherwise }: Expected,
  listener: Listener,
  stallAfter: number,
): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.partial`;
  try {
    await fetchTo(release, partial, listener, stallAfter);
    const actual = await sumOf(partial, algorithm);
    if (actual !== sum) throw otherwise(actual);
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
}

async function fetchTo(release: Release, path: string, listener: Listener, stallAfter: number): Promise<void> {
  const stalled = new AbortController();
  const giveUp = (): void => stalled.abort(new Error(`nothing arrived for ${stallAfter / 1000} s`));
  let timer = setTimeout(giveUp, stallAfter);
  try {
    const response = await request(release.url, { signal: stalled.signal });
    if (!response.ok || !response.body)
      throw new Error(`the server answered ${response.status} ${response.statusText}`);
    const expected = Number(response.headers.get("content-length") ?? NaN);
    let received = 0;
    const body = Readable.fromWeb(response.body as any).on("data", (chunk: Buffer) => {
      received += chunk.length;
      listener.update(
        `${megabytes(received)} of ${Number.isNaN(expected) ? "unknown" : megabytes(expected)} MB of ${release.name}`,
      );
      clearTimeout(timer);
      timer = setTimeout(giveUp, stallAfter);
    });
    await pipeline(body, createWriteStream(path));
  } catch (error) {
    throw failed(release, `cannot download ${release.url}`, error);
  } finally {
    clearTimeout(timer);
  }
}

async function readList(release: Release, stallAfter: number): Promise<string> {
  try {
    const response = await request(release.checksumsUrl, { signal: AbortSignal.timeout(stallAfter) });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    return await response.text();
  } catch (error) {
    const problem = `cannot read the publisher's checksums at ${release.checksumsUrl}`;
    throw isMirrored(release) ? unconfirmed(release, problem, error) : failed(release, problem, error);
  }
}

function failed({ name }: Release, what: string, error: unknown): UserError {
  const text = { subject: name, problem: `${what}: ${reasonOf(error)}`, remedy };
  return new UserError("download-failed", text, [], { cause: error });
}

function unconfirmed({ name }: Release, problem: string, error: unknown): UserError {
  const text = {
    subject: name,
    problem: `no lock has its checksum, ${problem} (${reasonOf(error)}), and ${mirrorVariable} is not asked for it`,
    remedy: lockRemedy,
  };
  return new UserError("checksum-unconfirmed", text, [], { cause: error });
}

/** Hexadecimal digits of a file's checksum. */
export async function sumOf(path: string, algorithm: PublishedSum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { request } from "./http.ts";
import type { Progress } from "./progress.ts";
import type { Release } from "./releases.ts";
import { run } from "./run.ts";

/** The committed record of what was downloaded: checksum by URL. */
export const lockFile = join(import.meta.dirname, "releases.lock.json");

interface Lock {
  comment: string;
  entries: Record<string, { sha256: string }>;
}

/** How long nothing may arrive before a download counts as stuck, in milliseconds. */
const stallAfter = 60_000;

/**
 * Downloads a release into `folder` and returns its path.
 *
 * The file is checked against its publisher's checksum list, and that checksum against the committed lock file. A file
 * that the lock does not know yet is added to it, and the user is told to commit that.
 * Rejects, leaving no file behind, when the server says no, the file is cut short, or a checksum differs.
 */
export async function download(release: Release, folder: string, progress: Progress, lockPath = lockFile): Promise<string> {
  const published = publishedChecksum(await text(release.checksumsUrl, release.name), release);
  const lock = readLock(lockPath);
  const locked = lock.entries[release.url]?.sha256;
  if (locked !== undefined && locked !== published)
    throw new Error(`${release.name}: its publisher now gives the checksum ${published}, but ${lockPath} recorded ${locked} for ${release.url}. A release that changes is not to be trusted; if you know why it did, remove the entry and run again`);
  mkdirSync(folder, { recursive: true });
  const target = join(folder, release.file);
  if (existsSync(target) && (await sha256(target)) === published) return target;
  const partial = `${target}.partial`;
  try {
    await fetchTo(release, partial);
    const actual = await sha256(partial);
    if (actual !== published) throw new Error(`${release.name}: ${release.url} has the checksum ${actual}, its publisher lists ${published} (${release.checksumsUrl}); nothing of it is used. Try again; if it stays so, something between here and there changes the file`);
    renameSync(partial, target);
  } finally {
    rmSync(partial, { force: true });
  }
  if (locked === undefined) {
    lock.entries[release.url] = { sha256: published };
    const sorted = Object.fromEntries(Object.entries(lock.entries).sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(lockPath, `${JSON.stringify({ ...lock, entries: sorted }, null, 2)}\n`);
    progress.note(`${release.name}: checksum recorded in ${lockPath}; commit that file`);
  }
  return target;
}

/** Unpacks a .tar.gz into a new folder. */
export async function extract(archive: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run("tar", ["-xzf", archive, "-C", folder]);
}

async function fetchTo(release: Release, path: string): Promise<void> {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallAfter);
  try {
    const response = await request(release.url, { signal: stalled.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    const expected = Number(response.headers.get("content-length") ?? NaN);
    let received = 0;
    const body = Readable.fromWeb(response.body as any).on("data", (chunk: Buffer) => {
      received += chunk.length;
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), stallAfter);
    });
    await pipeline(body, createWriteStream(path));
    if (!Number.isNaN(expected) && received !== expected) throw new Error(`cut short: ${received} of ${expected} bytes`);
  } catch (error) {
    throw new Error(`${release.name}: cannot download ${release.url}: ${reason(error)}. Check the connection and HTTPS_PROXY, or use --source registry`);
  } finally {
    clearTimeout(timer);
  }
}

async function text(url: string, name: string): Promise<string> {
  try {
    const response = await request(url, { signal: AbortSignal.timeout(30_000) });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    return await response.text();
  } catch (error) {
    throw new Error(`${name}: cannot read its publisher's checksums at ${url}: ${reason(error)}. Check the connection and HTTPS_PROXY, or use --source registry`);
  }
}

/** The sum of a file in a list of lines `<sum>  <file>`; a list of one bare sum is of the file itself. */
export function publishedChecksum(list: string, release: Release): string {
  const lines = list.trim().split("\n").map((line) => line.trim().split(/\s+\*?/));
  const found = lines.find(([, file]) => file === release.file) ?? (lines.length === 1 && lines[0]!.length === 1 ? lines[0] : undefined);
  const sum = found?.[0]?.toLowerCase();
  if (!sum || !/^[0-9a-f]{64}$/.test(sum)) throw new Error(`${release.name}: its publisher's list at ${release.checksumsUrl} has no SHA-256 of ${release.file}`);
  return sum;
}

function readLock(path: string): Lock {
  return JSON.parse(readFileSync(path, "utf8")) as Lock;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function reason(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error };
  return cause ? `${message} (${cause.message})` : message;
}

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import { isAlive, ownIdentity, type ProcessIdentity } from "./processes.ts";
import type { Progress } from "./progress.ts";
import { run, type RunOptions } from "./run.ts";

/** Something built or downloaded once and kept in the per-user cache, keyed by its name and inputs. */
export interface Artefact {
  /** Short name, e.g. `pulumi`; the first part of its folder's name. */
  name: string;
  /** What decides its content: versions, hashes of files. Another value makes another folder. */
  inputs: Record<string, string>;
  /** Built first; their keys enter this one's key. */
  needs?: Artefact[];
  /** How long it takes with nothing cached, in seconds. */
  expectedSeconds: number;
  /** How many of the two slots it takes. Default 1. */
  weight?: number;
  /** Writes the content into `context.dir`. */
  build(context: BuildContext): Promise<void>;
}

/** What a build may use. */
export interface BuildContext {
  /** Empty folder to fill; it becomes the artefact when `build` ends without an error. */
  dir: string;
  /** Folder of one of the artefact's `needs`. */
  dirOf(artefact: Artefact): string;
  /** Runs a command, with its output in the build's log. */
  run(command: string, args: string[], options?: Omit<RunOptions, "logFile">): Promise<string>;
  /** Shows what the build is doing. */
  log(line: string): void;
  /** Tells the user something at once. */
  note(line: string): void;
}

/** Builds run two at a time: the machines this is for have two cores. */
const slots = 2;

/** Folder of everything kept for this user: `$MESH_FEDERATION_CACHE`, else below `$XDG_CACHE_HOME` or `~/.cache`. */
export function cacheRoot(): string {
  return (
    process.env["MESH_FEDERATION_CACHE"] ??
    join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "mesh-federation")
  );
}

/** SHA-256 over the content of files, and of the files of folders, with their relative names. */
export function fileHash(...paths: string[]): string {
  const hash = createHash("sha256");
  const add = (path: string, name: string): void => {
    if (statSync(path).isDirectory())
      readdirSync(path)
        .sort()
        .forEach((entry) => add(join(path, entry), `${name}/${entry}`));
    else hash.update(`${name}\0`).update(readFileSync(path)).update("\0");
  };
  paths.forEach((path, i) => add(path, String(i)));
  return hash.digest("hex").slice(0, 16);
}

/** The artefact's key: twelve hexadecimal digits over its name, its inputs and its needs' keys. */
export function keyOf(artefact: Artefact): string {
  const inputs = Object.entries(artefact.inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  const needs = (artefact.needs ?? []).map(keyOf);
  return createHash("sha256")
    .update(JSON.stringify([artefact.name, process.platform, process.arch, inputs, needs]))
    .digest("hex")
    .slice(0, 12);
}

/** Folder of an artefact, whether or not it is there yet. */
export function folderOf(artefact: Artefact): string {
  return join(cacheRoot(), `${artefact.name}-${keyOf(artefact)}`);
}

/** Whether an artefact is in the cache. A folder is moved there only when it is complete. */
export function isCached(artefact: Artefact): boolean {
  return existsSync(folderOf(artefact));
}

/**
 * Makes sure that artefacts are in the cache, building what is missing with what it needs, two at a time.
 *
 * Survives being killed at any moment: a build happens in a folder of its own and is moved into place at its end. Two
 * processes never build the same thing at once. Rejects with the first failure, after the builds under way have ended.
 * @returns folder of each wanted artefact, by name
 */
export async function ensureArtefacts(wanted: Artefact[], progress: Progress): Promise<Map<string, string>> {
  const missing = new Map<string, Artefact>();
  const visit = (artefact: Artefact): void => {
    if (isCached(artefact) || missing.has(keyOf(artefact))) return;
    artefact.needs?.forEach(visit);
    missing.set(keyOf(artefact), artefact);
  };
  wanted.forEach(visit);
  if (missing.size > 0) await buildAll([...missing.values()], progress);
  return new Map(wanted.map((artefact) => [artefact.name, folderOf(artefact)]));
}

async function buildAll(artefacts: Artefact[], progress: Progress): Promise<void> {
  const total = artefacts.reduce((sum, a) => sum + a.expectedSeconds * Math.min(slots, a.weight ?? 1), 0) / slots;
  progress.note(
    `${artefacts.length} to build: ${artefacts.map((a) => a.name).join(", ")}; about ${Math.ceil(total / 60)} min when nothing is cached`,
  );
  const waiting = new Set(artefacts);
  const active = new Map<Artefact, Promise<void>>();
  const failures: unknown[] = [];
  let used = 0;
  let finished = 0;
  while (waiting.size > 0 || active.size > 0) {
    if (failures.length === 0)
      for (const artefact of waiting) {
        const weight = Math.min(slots, artefact.weight ?? 1);
        if (used + weight > slots || !(artefact.needs ?? []).every(isCached)) continue;
        waiting.delete(artefact);
        used += weight;
        const work = build(artefact, progress, () => `${++finished} of ${artefacts.length}`)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => {
            used -= weight;
            active.delete(artefact);
          });
        active.set(artefact, work);
      }
    if (active.size === 0) break;
    await Promise.race(active.values());
  }
  if (failures.length > 0) throw failures[0];
  if (waiting.size > 0)
    throw new Error(`cannot build ${[...waiting].map((a) => a.name).join(", ")}: what they need is missing`);
}

async function build(artefact: Artefact, progress: Progress, count: () => string): Promise<void> {
  const target = folderOf(artefact);
  const locks = join(cacheRoot(), "locks");
  await withLock(
    join(locks, `${artefact.name}-${keyOf(artefact)}`),
    async () => {
      if (isCached(artefact)) return;
      removeAbandoned();
      const dir = join(cacheRoot(), `.building-${artefact.name}-${keyOf(artefact)}-${process.pid}`);
      const logFile = join(cacheRoot(), "logs", `${artefact.name}-${keyOf(artefact)}.log`);
      rmSync(dir, { recursive: true, force: true });
      // The owner first, and in one step: a folder without one would stay for ever, one with half of one would be taken away.
      writeFileSync(`${dir}.owner.new`, JSON.stringify(ownIdentity()));
      renameSync(`${dir}.owner.new`, `${dir}.owner`);
      for (const folder of [dir, join(cacheRoot(), "logs")]) mkdirSync(folder, { recursive: true });
      writeFileSync(logFile, "");
      const step = progress.step(`build ${artefact.name}`, artefact.expectedSeconds);
      try {
        await artefact.build({
          dir,
          dirOf: folderOf,
          run: (command, args, options) => run(command, args, { dieWithUs: true, ...options, logFile }),
          log: (line) => step.update(line),
          note: (line) => progress.note(line),
        });
        utimesSync(dir, new Date(), new Date());
        renameSync(dir, target);
        step.done(count());
      } catch (error) {
        step.fail(error);
        throw new Error(
          `building ${artefact.name} failed; run the same command again to go on, finished parts are kept. ${(error as Error).message}`,
        );
      } finally {
        rmSync(dir, { recursive: true, force: true });
        rmSync(`${dir}.owner`, { force: true });
      }
    },
    (pid) => progress.note(`build ${artefact.name}: waiting for process ${pid}, which is building it`),
  );
}

/** Removes what killed builds left behind. */
function removeAbandoned(): void {
  for (const entry of readdirSync(cacheRoot())) {
    if (!entry.startsWith(".building-") || !entry.endsWith(".owner")) continue;
    const path = join(cacheRoot(), entry);
    let owner: ProcessIdentity | undefined;
    try {
      owner = JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
    } catch {
      owner = undefined;
    }
    if (owner && isAlive(owner)) continue;
    rmSync(path.slice(0, -".owner".length), { recursive: true, force: true });
    rmSync(path, { force: true });
  }
}

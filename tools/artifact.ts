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
import { UserError } from "../federation/errors/userError.ts";
import { withLock } from "./lock.ts";
import { isAlive, ownIdentity, type ProcessIdentity } from "./processes.ts";
import type { Progress } from "./progress.ts";
import { run, type RunOptions } from "./run.ts";

/** Something built or downloaded once and kept in the per-user cache, keyed by its name and inputs. */
export interface Artifact {
  /** Short name, e.g. `pulumi`; the first part of its folder's name. */
  name: string;
  /** What decides its content: versions, hashes of files. Another value makes another folder. */
  inputs: Record<string, string>;
  /** Built first; their keys enter this one's key. */
  needs?: Artifact[];
  /** How long it takes with nothing cached, in seconds. */
  expectedSeconds: number;
  /** How many of the two slots it takes. Default 1. */
  weight?: number;
  /** Writes the content into `context.dir`. */
  build(context: BuildContext): Promise<void>;
}

/** What a build may use. */
export interface BuildContext {
  /** Empty folder to fill; it becomes the artifact when `build` ends without an error. */
  dir: string;
  /** Folder of one of the artifact's `needs`. */
  dirOf(artifact: Artifact): string;
  /** Runs a command, with its output in the build's log. */
  run(command: string, args: string[], options?: Omit<RunOptions, "logFile">): Promise<string>;
  /** Shows what the build is doing. */
  log(line: string): void;
  /** Prints a line at once. */
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

/** The artifact's key: twelve hexadecimal digits over its name, its inputs and its needs' keys. */
export function keyOf(artifact: Artifact): string {
  const inputs = Object.entries(artifact.inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  const needs = (artifact.needs ?? []).map(keyOf);
  return createHash("sha256")
    .update(JSON.stringify([artifact.name, process.platform, process.arch, inputs, needs]))
    .digest("hex")
    .slice(0, 12);
}

/** Folder of an artifact, whether or not it is there yet. */
export function folderOf(artifact: Artifact): string {
  return join(cacheRoot(), `${artifact.name}-${keyOf(artifact)}`);
}

/** Whether an artifact is in the cache. A folder is moved there only when it is complete. */
export function isCached(artifact: Artifact): boolean {
  return existsSync(folderOf(artifact));
}

/**
 * Makes sure that artifacts are in the cache, building what is missing with what it needs, two at a time.
 *
 * Survives being killed at any moment: a build happens in a folder of its own and is moved into place at its end. Two
 * processes never build the same thing at once. Rejects with the first failure, after the builds under way have ended.
 * @returns folder of each wanted artifact, by name
 */
export async function ensureArtifacts(wanted: Artifact[], progress: Progress): Promise<Map<string, string>> {
  const missing = new Map<string, Artifact>();
  const visit = (artifact: Artifact): void => {
    if (isCached(artifact) || missing.has(keyOf(artifact))) return;
    artifact.needs?.forEach(visit);
    missing.set(keyOf(artifact), artifact);
  };
  wanted.forEach(visit);
  if (missing.size > 0) await buildAll([...missing.values()], progress);
  return new Map(wanted.map((artifact) => [artifact.name, folderOf(artifact)]));
}

async function buildAll(artifacts: Artifact[], progress: Progress): Promise<void> {
  const total = artifacts.reduce((sum, a) => sum + a.expectedSeconds * Math.min(slots, a.weight ?? 1), 0) / slots;
  progress.note(
    `${artifacts.length} to build: ${artifacts.map((a) => a.name).join(", ")}; about ${Math.ceil(total / 60)} min ` +
      `when nothing is cached`,
  );
  const waiting = new Set(artifacts);
  const active = new Map<Artifact, Promise<void>>();
  const failures: unknown[] = [];
  let used = 0;
  let finished = 0;
  while (waiting.size > 0 || active.size > 0) {
    if (failures.length === 0)
      for (const artifact of waiting) {
        const weight = Math.min(slots, artifact.weight ?? 1);
        if (used + weight > slots || !(artifact.needs ?? []).every(isCached)) continue;
        waiting.delete(artifact);
        used += weight;
        const work = build(artifact, progress, () => `${++finished} of ${artifacts.length}`)
          .catch((error: unknown) => void failures.push(error))
          .finally(() => {
            used -= weight;
            active.delete(artifact);
          });
        active.set(artifact, work);
      }
    if (active.size === 0) break;
    await Promise.race(active.values());
  }
  if (failures.length > 0) throw failures[0];
  if (waiting.size > 0)
    throw new Error(`cannot build ${[...waiting].map((a) => a.name).join(", ")}: what they need is missing`);
}

async function build(artifact: Artifact, progress: Progress, count: () => string): Promise<void> {
  const target = folderOf(artifact);
  const locks = join(cacheRoot(), "locks");
  await withLock(
    join(locks, `${artifact.name}-${keyOf(artifact)}`),
    async () => {
      if (isCached(artifact)) return;
      removeAbandoned();
      const dir = join(cacheRoot(), `.building-${artifact.name}-${keyOf(artifact)}-${process.pid}`);
      const logFile = join(cacheRoot(), "logs", `${artifact.name}-${keyOf(artifact)}.log`);
      rmSync(dir, { recursive: true, force: true });
      // The owner first, and in one step: a folder without one would stay for ever, one with half of one would be taken
      // away.
      writeFileSync(`${dir}.owner.new`, JSON.stringify(ownIdentity()));
      renameSync(`${dir}.owner.new`, `${dir}.owner`);
      for (const folder of [dir, join(cacheRoot(), "logs")]) mkdirSync(folder, { recursive: true });
      writeFileSync(logFile, "");
      const step = progress.step(`build ${artifact.name}`, artifact.expectedSeconds);
      try {
        await artifact.build({
          dir,
          dirOf: folderOf,
          run: (command, args, options) => run(command, args, { killWithParent: true, ...options, logFile }),
          log: (line) => step.update(line),
          note: (line) => progress.note(line),
        });
        utimesSync(dir, new Date(), new Date());
        renameSync(dir, target);
        step.done(count());
      } catch (error) {
        step.fail(error);
        if (error instanceof UserError) throw error;
        throw new UserError("tool-build-failed", {
          subject: artifact.name,
          problem: `the build failed: ${(error as Error).message}`,
          remedy: "Run the same command again: it resumes, and finished parts are kept",
        });
      } finally {
        rmSync(dir, { recursive: true, force: true });
        rmSync(`${dir}.owner`, { force: true });
      }
    },
    (pid) => progress.note(`build ${artifact.name}: waiting for process ${pid}, which is building it`),
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

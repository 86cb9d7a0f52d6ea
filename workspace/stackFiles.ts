import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { declaredPool } from "../federation/cluster/meshPools.ts";
import type { Neighbour } from "../federation/config/readMeshConfig.ts";
import { Problem } from "../federation/errors/problem.ts";

/** Prefix of this project's configuration keys. */
export const configPrefix = "mesh-federation:";

/** A mesh as its stack file declares it, before any check. */
export interface DeclaredMesh extends Neighbour {
  /** Names of the meshes it imports from. */
  importsFrom: string[];
  /** Whether its cluster is one that KinD makes. */
  onKind: boolean;
}

/** Where the contract of a mesh is: a stack's full name, or a file. */
export type PeerSource = { stack: string } | { file: string };

/** The mesh stacks that `stacks/` declares, sorted by name, see {@link isMeshStack}. Throws a `Problem` that names a file which cannot be used. */
export function meshStackFiles(root: string = process.cwd()): DeclaredMesh[] {
  return rawStackFiles(root).flatMap(({ stack, raw }) => (isMeshStack(raw) ? [neighbourOf(stack, raw)] : []));
}

/** The trust stacks that `stacks/` declares, sorted by name; none where every mesh brings its own CA. */
export function trustStacks(root: string = process.cwd()): string[] {
  return rawStackFiles(root).flatMap(({ stack, raw }) => (raw["role"] === "trust" ? [stack] : []));
}

/**
 * Where meshes that are not of this project publish, by name, as `peers` of any mesh stack says; of two sources the
 * first stack's. One that names none is a stack of this project. A mesh of this project is there only with a source.
 */
export function peersGiven(root: string = process.cwd()): Map<string, PeerSource> {
  const stacks = rawStackFiles(root).filter(({ raw }) => isMeshStack(raw));
  const own = new Set(stacks.map(({ stack, raw }) => neighbourOf(stack, raw).name));
  const found = new Map<string, PeerSource>();
  for (const { raw } of stacks)
    for (const [name, peer] of Object.entries(
      (raw["peers"] ?? {}) as Record<string, { stack?: unknown; file?: unknown } | null>,
    )) {
      const source =
        typeof peer?.file === "string"
          ? { file: peer.file }
          : typeof peer?.stack === "string"
            ? { stack: peer.stack }
            : own.has(name)
              ? undefined
              : { stack: name };
      if (source && !found.has(name)) found.set(name, source);
    }
  return found;
}

/** Every stack file by name, keys without the project's prefix. */
function rawStackFiles(root: string): { stack: string; raw: Record<string, unknown> }[] {
  return stackNames(root).map((stack) => ({ stack, raw: readStackFile(root, stack) }));
}

/** Names of the stacks that have a file in `stacks/`, sorted. Throws when there is no such folder. */
export function stackNames(root: string): string[] {
  return readdirSync(join(root, "stacks"))
    .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
    .sort();
}

/**
 * The keys of a stack file that are this project's, without its prefix.
 * Throws a `Problem` when the file is no YAML, or neither it nor its `config` is a mapping.
 */
export function readStackFile(root: string, stack: string): Record<string, unknown> {
  const path = `stacks/Pulumi.${stack}.yaml`;
  let file: unknown;
  try {
    file = parse(readFileSync(join(root, path), "utf8"));
  } catch (error) {
    throw new Problem(`${path} cannot be read as YAML: ${(error as Error).message.split("\n")[0]}`);
  }
  const config = mapping(file ?? {}, path)["config"];
  return Object.fromEntries(
    Object.entries(mapping(config ?? {}, `${path}: config`)).flatMap(([key, value]) =>
      key.startsWith(configPrefix) ? [[key.slice(configPrefix.length), value]] : [],
    ),
  );
}

/** Whether keys of a stack file, without the prefix, make it the stack of a mesh: it names its `mesh` or its `cluster`, and its `role` is none other. */
export function isMeshStack(keys: Record<string, unknown>): boolean {
  return keys["role"] !== "trust" && (keys["mesh"] !== undefined || keys["cluster"] !== undefined);
}

function mapping(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Problem(
    `${what} must be a mapping of keys to values (given: ${Array.isArray(value) ? "a list" : `a ${typeof value}`})`,
  );
}

/** A mesh stack as its raw configuration declares it, keys without the project's prefix. */
export function neighbourOf(stack: string, raw: Record<string, unknown>): DeclaredMesh {
  const mesh = (raw["mesh"] ?? {}) as Record<string, unknown>;
  const text = (name: string, fallback: string): string => (typeof mesh[name] === "string" ? mesh[name] : fallback);
  const name = text("name", stack);
  const list = (key: string): any[] => array(raw[key]).filter((entry) => typeof entry === "object" && entry !== null);
  return {
    stack,
    name,
    pool: declaredPool(raw),
    meshId: text("meshId", `${name}-mesh`),
    cluster: text("cluster", name),
    network: text("network", `network-${name}`),
    trustDomain: text("trustDomain", "cluster.local"),
    onKind: (raw["cluster"] as { provider?: unknown } | null | undefined)?.provider === "kind",
    importsFrom: [
      ...new Set(
        list("imports")
          .flatMap((i) => i.from)
          .map(String),
      ),
    ],
    exports: list("exports").map((e) => ({
      name: String(e.name),
      to: array(e.to),
      ports: array(e.ports),
      subsets: array(e.subsets).map((s: any) => s?.name),
    })),
  };
}

/** A value of a file that nobody has checked yet, where a list is expected. */
function array(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

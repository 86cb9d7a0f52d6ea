import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { declaredPool } from "../components/plan/meshPools.ts";
import type { Neighbour } from "../components/plan/readMeshConfig.ts";
import { Problem } from "../components/plan/problem.ts";

/** Prefix of this project's configuration keys. */
export const configPrefix = "mesh-federation:";

/** A mesh as its stack file declares it, before any check. */
export interface StackFile extends Neighbour {
  /** Names of the meshes it imports from. */
  importsFrom: string[];
  /** Whether its cluster is one that KinD makes. */
  onKind: boolean;
}

/**
 * The mesh stacks that `stacks/` declares, sorted by name: every file with a key `mesh-federation:mesh` or
 * `mesh-federation:cluster`. Throws a `Problem` that names a file which is not YAML.
 */
export function meshStackFiles(root: string = process.cwd()): StackFile[] {
  return rawStackFiles(root).flatMap(({ stack, raw }) => (raw["role"] === "trust" || (raw["mesh"] === undefined && raw["cluster"] === undefined) ? [] : [neighbourOf(stack, raw)]));
}

/** The trust stacks that `stacks/` declares, sorted by name; none where every mesh brings its own CA. */
export function trustStacks(root: string = process.cwd()): string[] {
  return rawStackFiles(root).flatMap(({ stack, raw }) => (raw["role"] === "trust" ? [stack] : []));
}

/** Every stack file by name, keys without the project's prefix. */
function rawStackFiles(root: string): { stack: string; raw: Record<string, unknown> }[] {
  const folder = join(root, "stacks");
  const names = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return names.sort().map((stack) => {
    const config = readStackFile(join(folder, `Pulumi.${stack}.yaml`));
    return { stack, raw: Object.fromEntries(Object.entries(config).flatMap(([key, value]) => (key.startsWith(configPrefix) ? [[key.slice(configPrefix.length), value]] : []))) };
  });
}

/** A mesh stack as its raw configuration declares it, keys without the project's prefix. */
export function neighbourOf(stack: string, raw: Record<string, unknown>): StackFile {
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
    importsFrom: [...new Set(list("imports").flatMap((i) => i.from).map(String))],
    exports: list("exports").map((e) => ({ name: String(e.name), to: array(e.to), ports: array(e.ports), subsets: array(e.subsets).map((s: any) => s?.name) })),
  };
}

/** A value of a file that nobody has checked yet, where a list is expected. */
function array(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

function readStackFile(path: string): Record<string, unknown> {
  try {
    return ((parse(readFileSync(path, "utf8")) as { config?: Record<string, unknown> } | null)?.config ?? {});
  } catch (error) {
    throw new Problem(`${path} cannot be read as YAML: ${(error as Error).message}`);
  }
}

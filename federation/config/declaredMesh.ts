import { parse } from "yaml";
import { declaredPool, type DeclaredPool } from "../cluster/meshPools.ts";
import { UserError } from "../errors/userError.ts";
import type { DeclaredExport } from "../imports/resolveImports.ts";
import { defaultCa, defaultClusterDomain, defaultNames, defaultTrustDomain, defaultTrustStack } from "./defaults.ts";

/** Prefix of this project's configuration keys. */
export const configPrefix = "mesh-federation:";

/** Keys of a stack file without their prefix, before any check. */
export type RawKeys = Readonly<Record<string, unknown>>;

/** Another mesh stack of this project, as its file declares it. */
export interface SiblingMesh {
  stack: string;
  name: string;
  /** Undefined where the mesh has no pool of this project, or an invalid one. */
  pool?: DeclaredPool;
  cluster?: string;
  /** Whether KinD creates its cluster. */
  onKind?: boolean;
  trustDomain?: string;
  clusterDomain?: string;
  /** What it exports; may be ahead of what is deployed. */
  exports?: DeclaredExport[];
}

/** A mesh as its stack file declares it, before any check. */
export interface DeclaredMesh extends SiblingMesh {
  /** Names of the meshes it imports from. */
  importsFrom: string[];
  onKind: boolean;
  /** The trust stack that signs its CA; undefined where none does. */
  signedBy: string | undefined;
}

/** Where a mesh publishes its contract: a stack's full name, or a file. */
export type PeerSource = { stack: string } | { file: string };

/**
 * The keys of a stack file that are this project's, without its prefix.
 * @param path of the file, for errors
 * @throws UserError when the text is not YAML, or it or its `config` is not a mapping
 */
export function stackFileKeys(text: string, path: string): Record<string, unknown> {
  let file: unknown;
  try {
    file = parse(text);
  } catch (error) {
    const problem = `is not valid YAML: ${(error as Error).message.split("\n")[0]}`;
    throw new UserError("stack-file-invalid", { subject: path, problem, remedy: "Correct the file" }, [], {
      cause: error,
    });
  }
  const config = mapping(file ?? {}, path)["config"];
  const entries = Object.entries(mapping(config ?? {}, `${path}: config`));
  return Object.fromEntries(
    entries.flatMap(([key, value]) => (key.startsWith(configPrefix) ? [[key.slice(configPrefix.length), value]] : [])),
  );
}

function mapping(value: unknown, subject: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const given = Array.isArray(value) ? "a list" : `a ${typeof value}`;
  throw new UserError("stack-file-invalid", {
    subject,
    problem: `is ${given}`,
    remedy: "Write a mapping of keys to values",
  });
}

/** Whether a stack is one of a mesh: it names its `mesh` or its `cluster`, and its `role` is not `trust`. */
export function isMeshStack(keys: RawKeys): boolean {
  return keys["role"] !== "trust" && (keys["mesh"] !== undefined || keys["cluster"] !== undefined);
}

/** A mesh stack as its keys declare it. Tolerates values of any type: the mesh's own stack reports them. */
export function declaredMesh(stack: string, raw: RawKeys): DeclaredMesh {
  const mesh = fields(raw["mesh"]);
  const text = (key: string, fallback: string): string => (typeof mesh[key] === "string" ? mesh[key] : fallback);
  const name = text("name", stack);
  const names = defaultNames(name);
  const importsFrom = objects(raw["imports"]).flatMap(({ from }) => (Array.isArray(from) ? from : [from]));
  return {
    stack,
    name,
    pool: declaredPool(raw),
    cluster: text("cluster", names.cluster),
    trustDomain: text("trustDomain", defaultTrustDomain),
    clusterDomain: text("clusterDomain", defaultClusterDomain),
    onKind: fields(raw["cluster"])["provider"] === "kind",
    signedBy: signerOf(fields(raw["ca"]), fields(raw["istio"])["provider"]),
    importsFrom: [...new Set(importsFrom.filter(isString))],
    exports: objects(raw["exports"]).flatMap(({ name, host, to, ports, subsets }) =>
      isString(name)
        ? [
            {
              name,
              host: isString(host) ? host : undefined,
              to: list(to),
              ports: list(ports),
              subsets: list(subsets).map((subset) => subset?.name),
            },
          ]
        : [],
    ),
  };
}

/**
 * Where meshes of other projects publish, by name, as `peers` of the mesh stacks say; the first stack that names a
 * source decides. A peer without a source is a stack of this project. A mesh of this project is included only with a
 * source.
 */
export function declaredPeers(stacks: readonly { stack: string; raw: RawKeys }[]): Map<string, PeerSource> {
  const meshes = stacks.filter(({ raw }) => isMeshStack(raw));
  const own = new Set(meshes.map(({ stack, raw }) => declaredMesh(stack, raw).name));
  const found = new Map<string, PeerSource>();
  for (const { raw } of meshes)
    for (const [name, peer] of Object.entries(fields(raw["peers"]))) {
      const source = peerSource(name, fields(peer), own);
      if (source && !found.has(name)) found.set(name, source);
    }
  return found;
}

function peerSource(name: string, { file, stack }: RawKeys, own: ReadonlySet<string>): PeerSource | undefined {
  if (typeof file === "string") return { file };
  if (typeof stack === "string") return { stack };
  return own.has(name) ? undefined : { stack: name };
}

function signerOf({ provider, stack }: RawKeys, istioProvider: unknown): string | undefined {
  const { provider: byDefault } = defaultCa(istioProvider === "existing" ? "existing" : "managed");
  if ((provider ?? byDefault) !== "shared") return undefined;
  return isString(stack) ? stack : defaultTrustStack;
}

function fields(value: unknown): RawKeys {
  return typeof value === "object" && value !== null ? (value as RawKeys) : {};
}

function list(value: unknown): any[] {
  return Array.isArray(value) ? value : [];
}

const isString = (value: unknown): value is string => typeof value === "string";

function objects(value: unknown): RawKeys[] {
  return list(value).filter((entry) => typeof entry === "object" && entry !== null);
}

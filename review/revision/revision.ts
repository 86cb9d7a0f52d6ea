import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseContract, type FederationContract } from "../../federation/contract/contract.ts";
import { Problem } from "../../federation/errors/problem.ts";
import { configPrefix, isMeshStack, readStackFile, stackNames } from "../../workspace/stackFiles.ts";
import { masked, textsOf } from "../secrets/masking.ts";
import { plainSecrets } from "../secrets/secretKeys.ts";

/** A stack as a revision of the repository declares it. */
export interface DeclaredStack {
  stack: string;
  /** `mesh`, or `trust` for the stack of the root CA. */
  role: "mesh" | "trust";
  /** Values of its plain keys, without the project's prefix; `[secret]` stands for each secret inside them. */
  raw: Record<string, unknown>;
  /** Fingerprint of each secret's encrypted value, by key or path: tells that it changed, and nothing of what it is. */
  secrets: Record<string, string>;
  /** Why its file cannot be used; undefined when it can. */
  problem?: string;
}

/** What a revision declares: its stacks, the contracts that its `peers.<mesh>.file` name, and how its policies are run. */
export interface Revision {
  stacks: DeclaredStack[];
  /** Contract of a peer handed over as a file, by the file's path as the configuration names it. */
  contractFiles: ReadonlyMap<string, FederationContract | Problem>;
  /** What `policy-config.json` says; undefined where there is none that can be read. */
  policyConfig?: unknown;
}

/** The file beside `stacks/` that configures the policies. */
export const policyConfigFile = "policy-config.json";

/** Reads the revision that a folder holds: `stacks/`, the contract files that it names, relative to the folder, and the configuration of the policies. */
export function readRevision(folder: string): Revision {
  const stacks = namesIn(folder).map((stack) => readStack(folder, stack));
  const named = stacks.flatMap(({ raw }) =>
    peerEntries(raw).flatMap(({ name, file }) => (typeof file === "string" ? [{ name, file }] : [])),
  );
  return {
    stacks,
    contractFiles: new Map(named.map(({ name, file }) => [file, readContract(folder, name, file)])),
    policyConfig: policyConfigIn(folder),
  };
}

/** As it stands; a wrong one ends a review where the policies read it. */
function policyConfigIn(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, policyConfigFile), "utf8"));
  } catch {
    return undefined;
  }
}

/** A revision from before there were stacks has none. */
function namesIn(folder: string): string[] {
  return existsSync(join(folder, "stacks")) ? stackNames(folder) : [];
}

/** What key `peers` says of each peer, as far as it says anything: nobody has checked it yet. */
export function peerEntries(raw: Record<string, unknown>): { name: string; stack?: unknown; file?: unknown }[] {
  return isMapping(raw["peers"])
    ? Object.entries(raw["peers"]).flatMap(([name, peer]) =>
        isMapping(peer) ? [{ name, stack: peer["stack"], file: peer["file"] }] : [],
      )
    : [];
}

/** The secrets that a revision's configuration has in plain text, where they should be encrypted; to be masked. */
export function plainSecretsOf({ stacks }: Revision): string[] {
  return stacks
    .flatMap(({ raw }) => plainSecrets(raw))
    .filter((text) => text !== masked)
    .flatMap(textsOf);
}

function readStack(folder: string, stack: string): DeclaredStack {
  let keys: Record<string, unknown>;
  try {
    keys = readStackFile(folder, stack);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { stack, role: "mesh", raw: {}, secrets: {}, problem: error.message };
  }
  const { role, ...own } = keys;
  const plain = Object.entries(own).filter(([, value]) => !isSecret(value));
  const declared = {
    stack,
    raw: Object.fromEntries(plain.map(([key, value]) => [key, withoutSecrets(value)])),
    secrets: Object.fromEntries(Object.entries(own).flatMap(([key, value]) => fingerprints(value, key))),
  };
  if (role === "trust") return { ...declared, role };
  if (role !== undefined && role !== "mesh")
    return {
      ...declared,
      role: "mesh",
      problem: `config key role must be one of mesh, trust (given: ${JSON.stringify(role)})`,
    };
  return isMeshStack(keys)
    ? { ...declared, role: "mesh" }
    : { ...declared, role: "mesh", problem: nothingDeclared(stack) };
}

function nothingDeclared(stack: string): string {
  return `stacks/Pulumi.${stack}.yaml declares nothing: a mesh needs ${configPrefix}cluster, the stack of the root CA ${configPrefix}role: trust; set it, or remove the file`;
}

/** An encrypted value, as Pulumi writes it into a stack file at any depth. https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration */
function isSecret(value: unknown): value is { secure: string } {
  return isMapping(value) && typeof value["secure"] === "string" && Object.keys(value).length === 1;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value with a mark in the place of each secret. */
function withoutSecrets(value: unknown): unknown {
  if (isSecret(value)) return masked;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return isMapping(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, withoutSecrets(inside)]))
    : value;
}

/**
 * The texts to be masked of a stack's configuration that was read in clear: of a key whose value is a secret all of it,
 * of one with secrets inside only those.
 * @param values the values by full key, as `pulumi config --show-secrets --json` prints them
 */
export function secretsOfConfig(
  values: Record<string, { value?: string; secret?: boolean }>,
  { raw }: DeclaredStack,
): string[] {
  return Object.entries(values).flatMap(([key, { value, secret }]) => {
    const declared = key.startsWith(configPrefix) ? raw[key.slice(configPrefix.length)] : undefined;
    if (!secret || !value) return [];
    return declared === undefined ? textsOf(value) : textsAtMarks(JSON.parse(value), declared);
  });
}

/** The texts of a value where another of the same shape has the mark of a secret. */
function textsAtMarks(value: unknown, marked: unknown): string[] {
  if (marked === masked) return textsOf(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  if (typeof value !== "object" || value === null || typeof marked !== "object" || marked === null) return [];
  return Object.entries(marked).flatMap(([key, inside]) =>
    textsAtMarks((value as Record<string, unknown>)[key], inside),
  );
}

/** Fingerprints of the secrets in a value, with the path to each. */
function fingerprints(value: unknown, path: string): [string, string][] {
  if (isSecret(value)) return [[path, createHash("sha256").update(value.secure).digest("hex")]];
  if (Array.isArray(value)) return value.flatMap((inside, i) => fingerprints(inside, `${path}[${i}]`));
  return isMapping(value)
    ? Object.entries(value).flatMap(([key, inside]) => fingerprints(inside, `${path}.${key}`))
    : [];
}

function readContract(folder: string, peer: string, file: string): FederationContract | Problem {
  try {
    return parseContract(JSON.parse(readFileSync(join(folder, file), "utf8")), peer);
  } catch (error) {
    // The message of a JSON error quotes the file, which may be any.
    return error instanceof Problem
      ? error
      : new Problem(
          `peers.${peer}.file: "${file}" cannot be read as JSON (${(error as NodeJS.ErrnoException).code ?? "it is none"})`,
        );
  }
}

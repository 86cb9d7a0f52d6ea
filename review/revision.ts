import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseContract, type FederationContract } from "../components/plan/contract.ts";
import { Problem } from "../components/plan/problem.ts";
import { configPrefix } from "../infra/stackFiles.ts";
import { masked, textsOf } from "./masking.ts";
import { plainSecrets } from "./secretKeys.ts";

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

/** What a revision declares: its stacks, and the contracts that its `peers.<mesh>.file` name. */
export interface Revision {
  stacks: DeclaredStack[];
  /** Contract of a peer handed over as a file, by the file's path as the configuration names it. */
  contractFiles: ReadonlyMap<string, FederationContract | Problem>;
}

/** Reads the revision that a folder holds: `stacks/`, and the contract files that it names, relative to the folder. */
export function readRevision(folder: string): Revision {
  const stacks = stackNames(folder).map((stack) => readStack(stack, join(folder, "stacks", `Pulumi.${stack}.yaml`)));
  const named = stacks.flatMap(({ raw }) => Object.entries((raw["peers"] ?? {}) as Record<string, { file?: unknown }>).flatMap(([peer, { file }]) => (typeof file === "string" ? [{ peer, file }] : [])));
  return { stacks, contractFiles: new Map(named.map(({ peer, file }) => [file, readContract(folder, peer, file)])) };
}

/** The secrets that a revision's configuration has in plain text, where they should be encrypted; to be masked. */
export function plainSecretsOf({ stacks }: Revision): string[] {
  return stacks.flatMap(({ raw }) => plainSecrets(raw)).filter((text) => text !== masked).flatMap(textsOf);
}

function stackNames(folder: string): string[] {
  try {
    return readdirSync(join(folder, "stacks")).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []).sort();
  } catch {
    return [];
  }
}

function readStack(stack: string, path: string): DeclaredStack {
  let config: Record<string, unknown>;
  try {
    config = (parse(readFileSync(path, "utf8")) as { config?: Record<string, unknown> } | null)?.config ?? {};
  } catch (error) {
    return { stack, role: "mesh", raw: {}, secrets: {}, problem: `stacks/Pulumi.${stack}.yaml cannot be read as YAML: ${(error as Error).message.split("\n")[0]}` };
  }
  const own = Object.entries(config).flatMap(([key, value]): [string, unknown][] => (key.startsWith(configPrefix) ? [[key.slice(configPrefix.length), value]] : []));
  const raw = Object.fromEntries(own.filter(([key, value]) => key !== "role" && !isSecret(value)).map(([key, value]) => [key, withoutSecrets(value)]));
  const secrets = Object.fromEntries(own.flatMap(([key, value]) => fingerprints(value, key)));
  return { stack, role: Object.fromEntries(own)["role"] === "trust" ? "trust" : "mesh", raw, secrets };
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
  return isMapping(value) ? Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, withoutSecrets(inside)])) : value;
}

/** Fingerprints of the secrets in a value, with the path to each. */
function fingerprints(value: unknown, path: string): [string, string][] {
  if (isSecret(value)) return [[path, createHash("sha256").update(value.secure).digest("hex")]];
  if (Array.isArray(value)) return value.flatMap((inside, i) => fingerprints(inside, `${path}[${i}]`));
  return isMapping(value) ? Object.entries(value).flatMap(([key, inside]) => fingerprints(inside, `${path}.${key}`)) : [];
}

function readContract(folder: string, peer: string, file: string): FederationContract | Problem {
  try {
    return parseContract(JSON.parse(readFileSync(join(folder, file), "utf8")), peer);
  } catch (error) {
    return error instanceof Problem ? error : new Problem(`peers.${peer}.file: "${file}" cannot be read as JSON (${(error as Error).message})`);
  }
}

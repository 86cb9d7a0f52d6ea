import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { configPrefix, isMeshStack } from "../../federation/config/declaredMesh.ts";
import { isMapping } from "../../federation/config/values.ts";
import { contractOfPeer, type FederationContract } from "../../federation/contract/contract.ts";
import { UserError, type Finding } from "../../federation/errors/userError.ts";
import { readStackFile, stackNames } from "../../workspace/stackFiles.ts";
import { findingsOf } from "../findings.ts";
import { isInside, readCertificateFiles } from "./certificateFiles.ts";
import { readCredentialPrograms } from "./credentialPrograms.ts";
import { masked, textsOf } from "../secrets/masking.ts";
import { plainSecrets } from "../secrets/secretKeys.ts";

/** A stack as a revision of the repository declares it. */
export interface DeclaredStack {
  stack: string;
  /** `mesh`, or `trust` for the stack of the root CA. */
  role: "mesh" | "trust";
  /** Values of its plain keys, without the project's prefix. Each secret inside them is `[secret]`. */
  raw: Record<string, unknown>;
  /** SHA-256 of each secret's encrypted value, by key or path. It shows that a secret changes, and nothing else. */
  secrets: Record<string, string>;
  /** Why its file cannot be used; undefined when it can. */
  problem?: Finding;
}

/** What a revision declares: its stacks, the files that they name, and the policy configuration. */
export interface Revision {
  stacks: DeclaredStack[];
  /** Contracts of peers that are files, by the path in the configuration; an error where a file cannot be used. */
  contractFiles: ReadonlyMap<string, FederationContract | UserError>;
  /**
   * Content of the files of certificates and requests that stacks name, by their path; empty where a file does not
   * exist, an error where it cannot be used.
   */
  certificateFiles?: ReadonlyMap<string, string | UserError>;
  /** Content of `policy-config.json`; undefined when it is missing or no JSON. */
  policyConfig?: unknown;
  /** What kubeconfigs may run in a review, by stack ({@link readCredentialPrograms}); only that of the base counts. */
  credentialPrograms?: ReadonlyMap<string, string[]>;
}

/** The file next to `stacks/` that configures the policies. */
export const policyConfigFile = "policy-config.json";

/** Reads the revision in a folder: `stacks/`, the contract files, and the policy configuration. */
export function readRevision(folder: string): Revision {
  const stacks = namesIn(folder).map((stack) => readStack(folder, stack));
  const named = stacks.flatMap(({ raw }) =>
    peerEntries(raw).flatMap(({ name, file }) => (typeof file === "string" ? [{ name, file }] : [])),
  );
  return {
    stacks,
    contractFiles: readContracts(folder, named),
    certificateFiles: readCertificateFiles(folder, stacks),
    policyConfig: policyConfigIn(folder),
    credentialPrograms: readCredentialPrograms(folder),
  };
}

/** The contracts by their file. Of a file that two peers name, one of them is wrong: its error counts. */
function readContracts(folder: string, named: { name: string; file: string }[]): Revision["contractFiles"] {
  const read = new Map<string, FederationContract | UserError>();
  for (const { name, file } of named)
    if (!(read.get(file) instanceof UserError)) read.set(file, readContract(folder, name, file));
  return read;
}

/** Not checked here: the review ends with an error where the policies read an invalid one. */
function policyConfigIn(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, policyConfigFile), "utf8"));
  } catch {
    return undefined;
  }
}

/** Stack names; none in a revision without the folder `stacks/`. */
function namesIn(folder: string): string[] {
  return existsSync(join(folder, "stacks")) ? stackNames(folder) : [];
}

/** The peers of an unchecked configuration. */
export function peerEntries(raw: Record<string, unknown>): { name: string; stack?: unknown; file?: unknown }[] {
  return isMapping(raw["peers"])
    ? Object.entries(raw["peers"]).flatMap(([name, peer]) =>
        isMapping(peer) ? [{ name, stack: peer["stack"], file: peer["file"] }] : [],
      )
    : [];
}

/** Secrets that a revision has in plain text although they should be encrypted. They are masked. */
export function plainSecretsOf({ stacks }: Revision): string[] {
  return stacks
    .flatMap(({ raw }) => plainSecrets(raw))
    .filter((text) => text !== masked)
    .flatMap(textsOf);
}

/**
 * Names that no stack can have: the CI environment of a stack is `federation-<stack>`, and these environments have
 * other purposes and other approvals (docs/ci.md). Environments of GitHub ignore case.
 */
const reservedNames = ["preview", "read", "deploy"];

function readStack(folder: string, stack: string): DeclaredStack {
  if (reservedNames.includes(stack.toLowerCase()))
    return { stack, role: "mesh", raw: {}, secrets: {}, problem: reservedName(stack) };
  return declaredStack(stack, () => readStackFile(folder, stack));
}

/**
 * A stack as the keys of its file declare it.
 * @param read reads the keys; a `UserError` that it throws is the stack's problem
 */
export function declaredStack(stack: string, read: () => Record<string, unknown>): DeclaredStack {
  let keys: Record<string, unknown>;
  try {
    keys = read();
  } catch (error) {
    return { stack, role: "mesh", raw: {}, secrets: {}, problem: findingsOf(error)[0]! };
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
      problem: {
        code: "review-stack-role-invalid",
        subject: "role",
        problem: `is ${JSON.stringify(role)}; it can be mesh or trust`,
        remedy: "Set role to trust for the root CA, or remove it for a mesh",
      },
    };
  return isMeshStack(keys)
    ? { ...declared, role: "mesh" }
    : { ...declared, role: "mesh", problem: nothingDeclared(stack) };
}

function reservedName(stack: string): Finding {
  return {
    code: "review-stack-name-reserved",
    subject: `stacks/Pulumi.${stack}.yaml`,
    problem: `the name ${stack} is reserved: its environment in CI would be federation-${stack.toLowerCase()}`,
    remedy: `Give the stack another name than ${reservedNames.join(", ")}`,
  };
}

function nothingDeclared(stack: string): Finding {
  return {
    code: "review-stack-empty",
    subject: `stacks/Pulumi.${stack}.yaml`,
    problem: "declares neither a mesh nor a root CA",
    remedy: `Set ${configPrefix}cluster for a mesh, or ${configPrefix}role: trust for the root CA, or remove the file`,
  };
}

/**
 * An encrypted value of a stack file, at any depth.
 * https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration
 */
function isSecret(value: unknown): value is { secure: string } {
  return isMapping(value) && typeof value["secure"] === "string" && Object.keys(value).length === 1;
}

/** A value in which each secret is `[secret]`. */
function withoutSecrets(value: unknown): unknown {
  if (isSecret(value)) return masked;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return isMapping(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, withoutSecrets(inside)]))
    : value;
}

/**
 * The secrets of a stack's decrypted configuration: the whole value of a secret key, and of a structured value only the
 * secrets inside.
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

/** The texts of a value at the paths where the marked value is `[secret]`. */
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

function readContract(folder: string, peer: string, file: string): FederationContract | UserError {
  const subject = `peers.${peer}.file`;
  try {
    if (!isInside(folder, file))
      return new UserError("review-contract-file-outside", {
        subject,
        problem: `"${file}" is not a file of the repository`,
        remedy: "Commit the contract, and give its path relative to the repository",
      });
    return contractOfPeer(JSON.parse(readFileSync(join(folder, file), "utf8")), peer);
  } catch (error) {
    if (error instanceof UserError) return error;
    // The message of a JSON error quotes the file, which can be any file: it is not shown.
    const { code } = error as NodeJS.ErrnoException;
    return new UserError("review-contract-file-unreadable", {
      subject,
      problem: code === undefined ? `"${file}" is not JSON` : `"${file}" cannot be read (${code})`,
      remedy: "Give the path of a contract as `npm run contract` prints it",
    });
  }
}

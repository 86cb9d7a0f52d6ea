import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  checkCredentials,
  configPrefix,
  contextOf,
  Findings,
  invalidConfig,
  keyFindings,
  meshKeys,
  readMeshConfig,
  readRootConfig,
  UserError,
  withAbsolutePaths,
  type ArtifactSources,
  type MeshConfig,
  type Role,
  type SiblingMesh,
  type TrustConfig,
} from "../federation/index.ts";
import { readKubeconfigFile } from "../workspace/kubeconfigFile.ts";
import { meshStackFiles } from "../workspace/stackFiles.ts";

/**
 * Checks the names of the keys that the stack sets.
 * @throws UserError for a key that nothing reads, or that belongs to the other kind of stack
 */
export function checkKeys(role: Role): void {
  const given = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(configPrefix) ? [[key.slice(configPrefix.length), parsed(value)]] : [],
  );
  const findings = new Findings();
  findings.addAll(keyFindings(role, Object.fromEntries(given)));
  findings.throwIfAny("config-invalid", invalidConfig(pulumi.getStack()));
}

/**
 * The kind of the current stack.
 * @throws UserError for anything but `mesh` and `trust`
 */
export function readRole(): Role {
  const role = new pulumi.Config().get("role") ?? "mesh";
  if (role !== "mesh" && role !== "trust")
    throw new UserError("role-invalid", {
      subject: "role",
      problem: `it is ${JSON.stringify(role)}; allowed are mesh and trust`,
      remedy: "Correct it in the stack file",
    });
  return role;
}

/**
 * The configuration of the trust stack, checked and complete.
 * @throws UserError that names every key that is not valid
 */
export function readTrustConfig(): TrustConfig {
  return readRootConfig(rawKeys(["root", "meshes"]), pulumi.getStack());
}

/**
 * The configuration of the current mesh stack, checked and complete.
 * @throws UserError that names every key that is not valid
 */
export function readConfig(sources: ArtifactSources, siblings: SiblingMesh[]): MeshConfig {
  const read = readMeshConfig(rawKeys(meshKeys), pulumi.getStack(), sources, siblings);
  return process.env[withoutImports] ? { ...read, imports: [] } : read;
}

/** The values of the keys that are set. */
function rawKeys(keys: readonly string[]): Record<string, unknown> {
  const config = new pulumi.Config();
  return Object.fromEntries(keys.flatMap((key) => (isSet(config, key) ? [[key, parsed(config.require(key))]] : [])));
}

/** The other mesh stacks of this project. */
export function siblingMeshes(): SiblingMesh[] {
  const stack = pulumi.getStack();
  return meshStackFiles().filter((s) => s.stack !== stack);
}

/** Set by `npm run down`, which removes all imports before it destroys a mesh that exports. */
const withoutImports = "MESH_FEDERATION_WITHOUT_IMPORTS";

/**
 * Kubeconfig of an existing cluster: secret key `kubeconfig`, else the file `cluster.kubeconfigPath`.
 * Relative paths in a file count from its directory, and are absolute in the returned text.
 * @throws UserError when neither is given, the file cannot be read, it lacks the context, or the machine its
 * credentials
 */
export async function readKubeconfig({
  kubeconfigPath: path,
  context,
}: {
  kubeconfigPath?: string;
  context?: string;
}): Promise<pulumi.Output<string>> {
  const secret = await readSecret("kubeconfig");
  const text = secret === undefined ? kubeconfigIn(path) : withAbsolutePaths(secret, undefined);
  checkCredentials(contextOf(text, context), isExecutable, (file) => isAccessible(file, constants.R_OK));
  return pulumi.secret(text);
}

/**
 * Value of a secret key, never to be printed; undefined when it is not set. Configuration is known when the program
 * runs, so a mistake in it is found before any resource is registered.
 */
export async function readSecret(key: string): Promise<string | undefined> {
  const secret = new pulumi.Config().getSecret(key);
  return secret && new Promise<string>((resolve) => void secret.apply(resolve));
}

function kubeconfigIn(path: string | undefined): string {
  if (!path)
    throw new UserError("kubeconfig-missing", {
      subject: "cluster.kubeconfigPath",
      problem: "it is not set, and neither is the secret key kubeconfig, but cluster.provider is existing",
      remedy: "Set it to a file, or set the key to the file's text with `pulumi config set --secret kubeconfig`",
    });
  return readKubeconfigFile(path, process.cwd());
}

/** Whether a program of that path, or of that name on the PATH, can be run. */
function isExecutable(program: string): boolean {
  const paths = program.includes("/")
    ? [program]
    : (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, program));
  return paths.some((path) => isAccessible(path, constants.X_OK));
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Whether a key has another value than the empty default in `Pulumi.yaml`. */
function isSet(config: pulumi.Config, key: string): boolean {
  return ![undefined, "", "{}", "[]"].includes(config.get(key));
}

/** Values set by `pulumi config set --path` are JSON. Those of `config set` may be any text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { checkCredentials, contextOf, withAbsolutePaths } from "../federation/cluster/kubeconfig.ts";
import { Problem, Problems } from "../federation/errors/problem.ts";
import { readMeshConfig, type MeshConfig, type Neighbour } from "../federation/config/readMeshConfig.ts";
import { readRootConfig, type RootConfig } from "../federation/config/rootConfig.ts";
import type { Sources } from "../federation/config/sources.ts";
import { keyProblems, meshKeys, type Role } from "../federation/config/stackKeys.ts";
import { configPrefix, meshStackFiles } from "../workspace/stackFiles.ts";

/** Throws a `Problem` when the stack sets a key that nothing reads, or one of the other kind of stack. */
export function checkKeys(role: Role): void {
  const given = Object.entries(pulumi.runtime.allConfig()).flatMap(([key, value]) =>
    key.startsWith(configPrefix) ? [[key.slice(configPrefix.length), parsed(value)]] : [],
  );
  const problems = new Problems();
  for (const problem of keyProblems(role, Object.fromEntries(given))) problems.add(problem);
  problems.throwIfAny(`the configuration of stack "${pulumi.getStack()}" is not valid:`);
}

/** What the current stack is. Throws a `Problem` for anything but `mesh` and `trust`. */
export function readRole(): Role {
  const role = new pulumi.Config().get("role") ?? "mesh";
  if (role !== "mesh" && role !== "trust")
    throw new Problem(`role: must be one of mesh, trust (given: ${JSON.stringify(role)})`);
  return role;
}

/** Configuration of the trust stack, checked and complete. Throws a `Problem` naming every wrong key. */
export function readTrustConfig(): RootConfig {
  const config = new pulumi.Config();
  return readRootConfig(isSet(config, "root") ? parsed(config.require("root")) : undefined, pulumi.getStack());
}

/** Configuration of the current mesh stack, checked and complete. Throws a `Problem` naming every wrong key. */
export function readConfig(sources: Sources, neighbours: Neighbour[]): MeshConfig {
  const config = new pulumi.Config();
  const raw = Object.fromEntries(
    meshKeys.flatMap((key) => (isSet(config, key) ? [[key, parsed(config.require(key))]] : [])),
  );
  const read = readMeshConfig(raw, pulumi.getStack(), sources, neighbours);
  return process.env[withoutImports] ? { ...read, imports: [] } : read;
}

/** The other mesh stacks of this project. */
export function neighbourFiles(): Neighbour[] {
  const stack = pulumi.getStack();
  return meshStackFiles().filter((s) => s.stack !== stack);
}

/** Set by `npm run down`, which takes the imports away everywhere before it destroys a mesh that exports. */
const withoutImports = "MESH_FEDERATION_WITHOUT_IMPORTS";

/**
 * Kubeconfig of an existing cluster: secret key `kubeconfig`, else the file `cluster.kubeconfigPath`.
 * Relative paths in a file count from its folder, and are absolute in what is returned.
 * Throws a `Problem` when neither is given, the file cannot be read, or it lacks the context, or this machine its credentials.
 */
export async function readKubeconfig({
  kubeconfigPath: path,
  context,
}: {
  kubeconfigPath?: string;
  context?: string;
}): Promise<pulumi.Output<string>> {
  const secret = await readSecret("kubeconfig");
  const text = secret === undefined ? readKubeconfigFile(path) : withAbsolutePaths(secret, undefined);
  checkCredentials(contextOf(text, context), canBeStarted, (file) => mayBe(file, constants.R_OK));
  return pulumi.secret(text);
}

/**
 * Text of a secret key, never to be printed; undefined when it is not set. What is configured is there at once, so what
 * is wrong with it is found before anything is registered, and told in its own words.
 */
export async function readSecret(key: string): Promise<string | undefined> {
  const secret = new pulumi.Config().getSecret(key);
  return secret && new Promise<string>((resolve) => void secret.apply(resolve));
}

function readKubeconfigFile(path: string | undefined): string {
  if (!path)
    throw new Problem(
      "cluster.provider is existing, but there is no kubeconfig: set cluster.kubeconfigPath to a file, or `pulumi config set --secret kubeconfig` with its text",
    );
  const file = resolve(path.replace(/^~(?=\/)/, process.env["HOME"] ?? "~"));
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Problem(
      `cluster.kubeconfigPath: "${path}" cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}); give a readable kubeconfig file, or its text as secret key kubeconfig`,
    );
  }
  return withAbsolutePaths(text, dirname(file));
}

/** Whether there is a program of that path, or of that name on the PATH. */
function canBeStarted(program: string): boolean {
  const places = program.includes("/")
    ? [program]
    : (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, program));
  return places.some((place) => mayBe(place, constants.X_OK));
}

function mayBe(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** Whether a key has more than the empty value that `Pulumi.yaml` gives it. */
function isSet(config: pulumi.Config, key: string): boolean {
  return ![undefined, "", "{}", "[]"].includes(config.get(key));
}

/** Values set by `pulumi config set --path` are JSON, those of `config set` may be text that is not. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

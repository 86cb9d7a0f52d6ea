import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../federation/errors/userError.ts";
import type { Toolchain } from "../tools/index.ts";
import { engineLogVariable, prepareEngineLog } from "./engineLog.ts";

/** Folder of this clone. */
export const root = resolve(import.meta.dirname, "..");

/** Everything that a clone makes while it runs; ignored by git. */
export const paths = {
  own: join(root, ".federation"),
  home: join(root, ".federation", "home"),
  state: join(root, ".federation", "state"),
  passphrase: join(root, ".federation", "passphrase"),
  project: join(root, ".federation", "project"),
  logs: join(root, ".federation", "logs"),
  compiled: join(root, ".federation", "compiled"),
  sources: join(root, ".federation", "sources.json"),
};

/**
 * Creates the folder of {@link paths}, for this user only, and takes other users' access to one that exists. Pulumi and
 * the plugins write below it with modes of their own, and the states, the logs and the kubeconfigs hold credentials.
 */
export function makeOwnFolder(): void {
  mkdirSync(paths.own, { recursive: true, mode: 0o700 });
  if ((statSync(paths.own).mode & 0o077) !== 0) chmodSync(paths.own, 0o700);
}

/** Variable by which a CI job says that the state may not be in its clone; see {@link checkBackend}. */
export const backendVariable = "MESH_FEDERATION_BACKEND";

/**
 * Throws where a CI job would keep the state in its clone, and lose it with the clone. {@link backendVariable} is
 *
 * - not set: the state is in this clone unless `PULUMI_BACKEND_URL` says otherwise;
 * - `required`: `PULUMI_BACKEND_URL` must be set;
 * - `none`: there is no backend at all, as for a pull request that gets no secrets. Only a review can do without.
 */
export function checkBackend(): void {
  const given = process.env[backendVariable] ?? "";
  if (!["", "required", "none"].includes(given))
    throw new UserError("backend-setting-invalid", {
      subject: backendVariable,
      problem: `"${given}" is not allowed`,
      remedy: "Set it to required or none, or do not set it",
    });
  if (given === "required" && !process.env["PULUMI_BACKEND_URL"])
    throw new UserError("backend-required", {
      subject: "PULUMI_BACKEND_URL",
      problem: `is empty, and ${backendVariable}=required rejects a state in this clone, where it would be lost`,
      remedy:
        "On GitHub set the variable PULUMI_BACKEND_URL in the job's environment (Settings > Environments) or for " +
        "the repository (Settings > Secrets and variables > Actions > Variables); on GitLab in Settings > CI/CD > " +
        "Variables. See docs/ci.md",
    });
}

/**
 * Whether the state is in this clone, unless `PULUMI_BACKEND_URL` names another backend. Throws
 * `backend-none` where the job has none, and what {@link checkBackend} throws.
 */
export function usesOwnBackend(): boolean {
  checkBackend();
  if (process.env[backendVariable] === "none")
    throw new UserError("backend-none", {
      subject: backendVariable,
      problem: "it is none, as for a pull request that gets no secrets, and this command needs a backend",
      remedy: "Set PULUMI_BACKEND_URL, or run a review",
    });
  const given = process.env["PULUMI_BACKEND_URL"];
  return !given || given === ownBackend;
}

const ownBackend = pathToFileURL(paths.state).href;

/**
 * Environment in which Pulumi runs: this project's home, backend and passphrase, unless the user has set their own by
 * Pulumi's usual variables; its tools and this Node first on the path. Makes folders and passphrase when missing.
 * Throws where {@link usesOwnBackend} and {@link prepareEngineLog} do.
 * @param inLab whether charts and images are those of the clone's lab, as its list of sources says
 */
export function pulumiEnvironment(tools: Pick<Toolchain, "bin" | "source">, inLab: boolean): Record<string, string> {
  const given = process.env;
  const backend = usesOwnBackend() ? ownBackend : given["PULUMI_BACKEND_URL"]!;
  makeOwnFolder();
  for (const folder of [paths.home, paths.state, paths.logs]) mkdirSync(folder, { recursive: true });
  prepareEngineLog(paths.home, given[engineLogVariable]);
  const environment: Record<string, string> = {
    PULUMI_HOME: paths.home,
    PULUMI_BACKEND_URL: backend,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Program and plugins start in half the time with what Node compiled before.
    NODE_COMPILE_CACHE: given["NODE_COMPILE_CACHE"] || paths.compiled,
    // The stack files are shared; a clone's own secrets settings come from its state (see docs/decisions).
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PATH: [tools.bin, dirname(process.execPath), given["PATH"]].join(delimiter),
    // Node warns of its own type stripping and of a deprecation inside the SDK; the user can change neither.
    NODE_OPTIONS: [given["NODE_OPTIONS"], "--disable-warning=ExperimentalWarning", "--disable-warning=DEP0180"]
      .filter(Boolean)
      .join(" "),
  };
  if (!given["PULUMI_CONFIG_PASSPHRASE"] && !given["PULUMI_CONFIG_PASSPHRASE_FILE"]) {
    if (!existsSync(paths.passphrase)) makePassphrase();
    environment["PULUMI_CONFIG_PASSPHRASE_FILE"] = paths.passphrase;
  }
  if (inLab) environment["MESH_FEDERATION_SOURCES"] = paths.sources;
  // No plugin can be had there but the stand-ins: one that is missing is named at once, not after downloads that fail.
  if (tools.source === "registry") environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
  return environment;
}

/** Makes the clone's passphrase, whole or not at all: with half of one, nothing could be decrypted later. */
function makePassphrase(): void {
  const fresh = `${paths.passphrase}.${process.pid}`;
  writeFileSync(fresh, randomBytes(24).toString("base64url"), { mode: 0o600 });
  try {
    linkSync(fresh, paths.passphrase);
  } catch (error) {
    // Another command of this clone was quicker; its passphrase it is.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(fresh);
  }
}

/** Name of the project, which is also the prefix of its configuration keys. */
export const project = "mesh-federation";

/**
 * The file of a stack in the clone's own backend; of another project where it is given in full,
 * `organization/project/stack`.
 */
export function stateFile(stack: string): string {
  const [name, of = project] = stack.split("/").reverse();
  return join(paths.state, ".pulumi", "stacks", of, `${name}.json`);
}

/** Text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeInOneStep } from "../tools/writeInOneStep.ts";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { UserError } from "../federation/errors/userError.ts";
import { paths, project, readIfThere, root } from "./workspace.ts";

/** Keys of a stack file that belong to one clone's passphrase. */
const secretsKeys = ["encryptionsalt", "encryptedkey", "secretsprovider"] as const;

type StackFile = { config?: Record<string, unknown> } & Partial<Record<(typeof secretsKeys)[number], string>>;

/** The committed file of a stack. */
export function committedFile(stack: string): string {
  return join(root, "stacks", `Pulumi.${stack}.yaml`);
}

/** The clone's own copy of it, which Pulumi is given instead: it carries the salt of the clone's passphrase. */
export function ownFile(stack: string): string {
  return join(paths.project, "stacks", `Pulumi.${stack}.yaml`);
}

/**
 * Writes the clone's copy of a stack file again from the committed one, keeping the copy's secrets settings unless the
 * committed file has its own. Returns the copy's path.
 */
export function refreshOwnFile(stack: string): string {
  const committed = read(committedFile(stack));
  const own = read(ownFile(stack));
  const settings = hasSettings(committed) ? committed : own;
  write(ownFile(stack), { ...committed, ...pick(settings) });
  return ownFile(stack);
}

/**
 * Carries what `pulumi config set` changed in the copy over to the committed file. The secrets settings go with it only
 * when it holds encrypted values, which cannot be read without them.
 */
export function keepChanges(stack: string): void {
  const committed = read(committedFile(stack));
  const own = read(ownFile(stack));
  if (isDeepStrictEqual(committed.config ?? {}, own.config ?? {})) return;
  const encrypted = /\bsecure:/.test(stringify(own.config ?? {}));
  const { encryptionsalt: _salt, encryptedkey: _key, secretsprovider: _provider, ...plain } = own;
  write(committedFile(stack), encrypted || hasSettings(committed) ? own : plain);
}

/** A project folder of the same name, in which stacks are created without touching the committed stack files. */
export function prepareInitFolder(): string {
  mkdirSync(join(paths.project, "stacks"), { recursive: true });
  writeFileSync(
    join(paths.project, "Pulumi.yaml"),
    stringify({ name: project, runtime: "nodejs", stackConfigDir: "stacks" }),
  );
  return paths.project;
}

/** The content of a file; empty where there is none. Throws, naming the file, where it is no YAML. */
function read(path: string): StackFile {
  try {
    return (parse(readIfThere(path) ?? "") as StackFile | null) ?? {};
  } catch (error) {
    const problem = `is not valid YAML: ${(error as Error).message}`;
    throw new UserError("stack-file-invalid", { subject: path, problem, remedy: "Correct the file" }, [], {
      cause: error,
    });
  }
}

function write(path: string, file: StackFile): void {
  writeInOneStep(path, stringify(file));
}

function hasSettings(file: StackFile): boolean {
  return secretsKeys.some((key) => file[key] !== undefined);
}

function pick(file: StackFile): Partial<StackFile> {
  return Object.fromEntries(secretsKeys.flatMap((key) => (file[key] === undefined ? [] : [[key, file[key]]])));
}

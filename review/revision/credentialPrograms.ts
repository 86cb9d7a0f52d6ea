import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { inStack, type StackFinding } from "../findings.ts";
import type { DeclaredStack, Revision } from "./revision.ts";

/** The file next to `stacks/` in which the owner allows what kubeconfigs run and read in a review. */
export const reviewConfigFile = "review-config.json";

/** Reads `credentialPrograms` of the file: command lines by stack. Anything else in the file allows nothing. */
export function readCredentialPrograms(folder: string): ReadonlyMap<string, string[]> {
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(join(folder, reviewConfigFile), "utf8"));
  } catch {
    return new Map();
  }
  return new Map(
    Object.entries(mapping(mapping(config)["credentialPrograms"])).map(([stack, lines]) => [stack, texts(lines)]),
  );
}

/**
 * What kubeconfigs would run or read while a change is reviewed, which the base revision does not allow. The review has
 * the credentials of the backend in its environment, and a kubeconfig of the change names the server that gets the
 * result.
 * @param secrets decrypted kubeconfigs, by stack
 */
export function kubeconfigFindings(
  base: Revision,
  head: Revision,
  folder: string,
  secrets: ReadonlyMap<string, string>,
): StackFinding[] {
  return head.stacks.flatMap((declared) => {
    const allowed = base.credentialPrograms?.get(declared.stack) ?? [];
    const lines = kubeconfigsOf(declared, folder, secrets).flatMap(credentialPrograms);
    return inStack(
      declared.stack,
      [...new Set(lines)]
        .filter((line) => !allowed.includes(line))
        .map((line) => ({
          code: "review-kubeconfig-program",
          subject: "kubeconfig",
          problem: `it needs "${line}", which the base revision does not allow in a review`,
          remedy:
            "Give a kubeconfig with a token or a client certificate in it, or list the text in credentialPrograms of " +
            `${reviewConfigFile} in an earlier change`,
        })),
    );
  });
}

function kubeconfigsOf({ stack, raw }: DeclaredStack, folder: string, secrets: ReadonlyMap<string, string>): string[] {
  const path = mapping(raw["cluster"])["kubeconfigPath"];
  const file =
    typeof path === "string" ? resolve(folder, path.replace(/^~(?=\/)/, process.env["HOME"] ?? "~")) : undefined;
  const texts = [raw["kubeconfig"], secrets.get(stack), file !== undefined && existsSync(file) ? readText(file) : ""];
  return texts.filter((text): text is string => typeof text === "string" && text !== "");
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/**
 * What the users of a kubeconfig run or read, as `credentialPrograms` lists it: `NAME=value command argument` of a
 * credential program, `auth-provider NAME`, `tokenFile PATH`.
 */
export function credentialPrograms(text: string): string[] {
  let config: unknown;
  try {
    config = parse(text);
  } catch {
    return [];
  }
  const users = mapping(config)["users"];
  return (Array.isArray(users) ? users : []).flatMap((entry) => {
    const user = mapping(mapping(entry)["user"]);
    const { exec, "auth-provider": provider, tokenFile } = user;
    return [
      ...(exec === undefined || exec === null ? [] : [commandLine(mapping(exec))]),
      ...(provider === undefined || provider === null ? [] : [`auth-provider ${word(mapping(provider)["name"])}`]),
      ...(typeof tokenFile === "string" && tokenFile !== "" ? [`tokenFile ${tokenFile}`] : []),
    ];
  });
}

function commandLine({ env, command, args }: Record<string, unknown>): string {
  const variables = (Array.isArray(env) ? env : [])
    .map(mapping)
    .map(({ name, value }) => `${word(name)}=${word(value)}`);
  return [...variables, word(command), ...(Array.isArray(args) ? args.map(word) : [])].join(" ");
}

function word(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === "string") : [];
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

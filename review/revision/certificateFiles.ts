import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { UserError } from "../../federation/errors/userError.ts";
import { findingsOf, inStack, type StackFinding } from "../findings.ts";
import type { DeclaredStack, Revision } from "./revision.ts";

/** A file with certificates, or with a certificate request, that a stack's configuration names. */
export interface NamedFile {
  stack: string;
  /** Key that names it: `ca.certificateFile`. */
  key: string;
  /** Mesh whose request it has; undefined for a file of certificates. */
  requestOf?: string;
  file: string;
}

/** More than 64 certificates take. A larger file is somebody's mistake, or worse. */
const maxBytes = 512 * 1024;

/** The files of certificates and requests that stacks name; tolerates values of any type. */
export function namedFiles(stacks: readonly DeclaredStack[]): NamedFile[] {
  return stacks.flatMap(({ stack, role, raw }): NamedFile[] => {
    if (role === "mesh")
      return ["certificateFile", "rootFile"].flatMap((key) => {
        const file = membersOf(raw["ca"])[key];
        return typeof file === "string" ? [{ stack, key: `ca.${key}`, file }] : [];
      });
    return Object.entries(membersOf(raw["meshes"])).flatMap(([mesh, given]) => {
      const { requestFile: file } = membersOf(given);
      return typeof file === "string" ? [{ stack, key: `meshes.${mesh}.requestFile`, requestOf: mesh, file }] : [];
    });
  });
}

/** Reads the files, by their path in the configuration. One that does not exist yet is empty: `up` waits for it. */
export function readCertificateFiles(
  folder: string,
  stacks: readonly DeclaredStack[],
): Map<string, string | UserError> {
  return new Map(namedFiles(stacks).map(({ file, key }) => [file, readText(folder, key, file)]));
}

/** Findings about the files that cannot be used. */
export function certificateFileFindings({ certificateFiles = new Map() }: Revision): StackFinding[] {
  return [...certificateFiles].flatMap(([file, content]) =>
    content instanceof UserError ? inStack(file, findingsOf(content)) : [],
  );
}

function readText(folder: string, subject: string, file: string): string | UserError {
  if (!isInside(folder, file))
    return new UserError("review-certificate-file-outside", {
      subject,
      problem: `"${file}" is not a file of the repository`,
      remedy: "Commit the file, and give its path relative to the repository",
    });
  const path = join(folder, file);
  const unreadable = (problem: string): UserError =>
    new UserError("review-certificate-file-unreadable", {
      subject,
      problem: `"${file}" ${problem}`,
      remedy: "Give the path of a file of PEM certificates, or of a certificate request",
    });
  if (!existsSync(path)) return "";
  try {
    const { size } = statSync(path);
    return size > maxBytes ? unreadable(`has more than ${maxBytes} bytes`) : readFileSync(path, "utf8");
  } catch (error) {
    return unreadable(`cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
}

/**
 * Whether a path stays in the folder of a revision, through symbolic links too: the path and the links are the change's
 * own, and the program of the stack reads the same file.
 */
export function isInside(folder: string, file: string): boolean {
  if (isAbsolute(file) || file.split(/[/\\]/).includes("..")) return false;
  const path = join(folder, file);
  return !existsSync(path) || !relative(realpathSync(folder), realpathSync(path)).startsWith("..");
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

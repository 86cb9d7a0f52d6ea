import { readFileSync } from "node:fs";
import { catalogue, type ErrorCode } from "../federation/errors/catalogue/index.ts";
import { UserError, type Finding } from "../federation/errors/userError.ts";

/** Environment variable that names the file to which the program of a stack writes its {@link UserError} as JSON. */
export const errorFileVariable = "MESH_FEDERATION_ERROR_FILE";

/** The error that the program of a stack wrote; undefined when the file is missing or has another shape. */
export function readErrorFile(file: string): UserError | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
  if (!isFinding(value)) return undefined;
  const { details = [] } = value as { details?: unknown };
  if (!Array.isArray(details) || !details.every(isFinding)) return undefined;
  return new UserError(value.code, value, details);
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== "object" || value === null) return false;
  const { code, subject, problem, remedy } = value as Record<string, unknown>;
  return [subject, problem, remedy].every((text) => typeof text === "string") && isCode(code);
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(catalogue, code);
}

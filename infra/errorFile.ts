import { writeFileSync } from "node:fs";
import type { UserError } from "../federation/index.ts";
import { errorFileVariable } from "../workspace/errorFile.ts";

/**
 * Writes an error as JSON to the file that {@link errorFileVariable} names; does nothing when it is not set. The
 * command that runs Pulumi reads the error's code there, because Pulumi passes on only its message.
 */
export function writeErrorFile(error: UserError, file = process.env[errorFileVariable]): void {
  if (file) writeFileSync(file, `${JSON.stringify(error)}\n`);
}

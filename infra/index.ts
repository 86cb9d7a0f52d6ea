import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../federation/index.ts";
import { checkKeys, readRole } from "./config.ts";
import { writeErrorFile } from "./errorFile.ts";
import { meshProgram } from "./mesh.ts";
import { trustProgram } from "./trust.ts";

/** The program of every stack of this project. The stack's configuration decides which of two it is. */
export default async function program() {
  // Node runs these files without source maps. Pulumi's lookup of source maps for the stack of every promise takes a
  // tenth of a preview's processor time.
  delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
  try {
    const role = readRole();
    checkKeys(role);
    return role === "trust" ? await trustProgram() : await meshProgram();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    writeErrorFile(error);
    // Pulumi prints the message of a RunError without a stack trace.
    throw new pulumi.RunError(error.message);
  }
}

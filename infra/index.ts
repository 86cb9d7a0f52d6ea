import * as pulumi from "@pulumi/pulumi";
import { Problem } from "../federation/errors/problem.ts";
import { checkKeys, readRole } from "./config.ts";
import { meshProgram } from "./mesh.ts";
import { trustProgram } from "./trust.ts";

/** The program of every stack of this project; its configuration says which of the two it is. */
export default async function program() {
  // Node runs these files as they are, so there are no source maps to follow; Pulumi's following them for the stack of
  // every promise takes a tenth of a preview's processor time.
  delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
  try {
    const role = readRole();
    checkKeys(role);
    return role === "trust" ? trustProgram() : await meshProgram();
  } catch (error) {
    // A user's mistake is told in its own words; a stack trace would bury them.
    throw error instanceof Problem ? new pulumi.RunError(error.message) : error;
  }
}

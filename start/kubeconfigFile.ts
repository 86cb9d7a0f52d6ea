import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withAbsolutePaths } from "../federation/cluster/kubeconfig.ts";
import { UserError } from "../federation/errors/userError.ts";

/** The text of a kubeconfig, never to be printed. Throws where the file cannot be read. */
export function readKubeconfigFile(path: string): string {
  const file = resolve(path);
  try {
    return withAbsolutePaths(readFileSync(file, "utf8"), dirname(file));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("kubeconfig-unreadable", {
      subject: "--kubeconfig",
      problem: `"${path}" cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      remedy: "Give a readable kubeconfig file",
    });
  }
}

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { withAbsolutePaths } from "../federation/cluster/kubeconfig.ts";
import { UserError } from "../federation/errors/userError.ts";

/** Where the path of a kubeconfig was given, for the error about it. */
export interface KubeconfigSource {
  /** The key or option. */
  subject: string;
  /** The path as it was given. */
  path: string;
  remedy: string;
}

/**
 * The text of a kubeconfig file, never to be printed; paths in it are absolute in the text.
 * @param file its absolute path
 * @throws UserError `kubeconfig-unreadable`
 */
export function readKubeconfig(file: string, { subject, path, remedy }: KubeconfigSource): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new UserError("kubeconfig-unreadable", { subject, problem: `"${path}" cannot be read (${code})`, remedy });
  }
  return withAbsolutePaths(text, dirname(file));
}

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withAbsolutePaths } from "../federation/cluster/kubeconfig.ts";
import { UserError } from "../federation/errors/userError.ts";

/**
 * The text of a kubeconfig file; paths in it are absolute in the text.
 * @param folder from which a relative path counts
 * @throws UserError `kubeconfig-unreadable`
 */
export function readKubeconfigFile(path: string, folder: string): string {
  const file = resolve(folder, path.replace(/^~(?=\/)/, process.env["HOME"] ?? "~"));
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError("kubeconfig-unreadable", {
      subject: "cluster.kubeconfigPath",
      problem: `"${path}" cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      remedy: "Give a readable kubeconfig file, or its text as secret key kubeconfig",
    });
  }
  return withAbsolutePaths(text, dirname(file));
}

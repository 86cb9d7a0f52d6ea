import { resolve } from "node:path";
import { readKubeconfig } from "../kube/kubeconfigFile.ts";

/**
 * The text of the kubeconfig that a stack file names; paths in it are absolute in the text.
 * @param folder from which a relative path counts
 * @throws UserError `kubeconfig-unreadable`
 */
export function readKubeconfigFile(path: string, folder: string): string {
  return readKubeconfig(resolve(folder, path.replace(/^~(?=\/)/, process.env["HOME"] ?? "~")), {
    subject: "cluster.kubeconfigPath",
    path,
    remedy: "Give a readable kubeconfig file, or its text as secret key kubeconfig",
  });
}

import { parseDocument } from "yaml";

/** A kubeconfig whose context leads to another of its clusters, for the helm program, which has no option for that. */
export function withClusterOfContext(kubeconfig: string, context: string, cluster: string): string {
  const document = parseDocument(kubeconfig);
  const contexts = document.toJS().contexts as { name: string }[];
  document.setIn(["contexts", contexts.findIndex(({ name }) => name === context), "context", "cluster"], cluster);
  return document.toString();
}

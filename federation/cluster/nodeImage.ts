import type { ArtifactSources } from "../config/sources.ts";
import type { Finding } from "../errors/userError.ts";

/** Settings of a KinD cluster's nodes. */
export interface NodeSettings {
  nodeImage?: string;
  kubernetesVersion?: string;
}

/**
 * The node image and its Kubernetes version: the configured image, or that of the sources. The image decides which
 * Kubernetes runs: another version than that of the sources needs an image of that version.
 */
export function nodesOf(
  { nodeImage, kubernetesVersion }: NodeSettings,
  sources: Pick<ArtifactSources, "nodeImage" | "kubernetesVersion">,
): Required<NodeSettings> {
  if (!nodeImage) return { nodeImage: sources.nodeImage, kubernetesVersion: sources.kubernetesVersion };
  return { nodeImage, kubernetesVersion: kubernetesVersion ?? versionByTag(nodeImage) ?? "unknown" };
}

/** Findings about the Kubernetes version that a configuration asks for. */
export function checkNodes(
  { nodeImage, kubernetesVersion }: NodeSettings,
  sources: Pick<ArtifactSources, "kubernetesVersion">,
): Finding[] {
  if (!kubernetesVersion) return [];
  const [code, subject] = ["kubernetes-version-mismatch", "cluster.kubernetesVersion"] as const;
  if (!nodeImage && kubernetesVersion !== sources.kubernetesVersion) {
    const problem = `there is no node image of ${kubernetesVersion}, only of ${sources.kubernetesVersion}`;
    const remedy = "Set cluster.nodeImage to an image of the version, with its digest from KinD's release notes";
    return [{ code, subject, problem, remedy: `${remedy}, or remove the version` }];
  }
  const tagged = nodeImage && versionByTag(nodeImage);
  if (!tagged || tagged === kubernetesVersion) return [];
  const problem = `it is ${kubernetesVersion}, but by its tag cluster.nodeImage "${nodeImage}" is of ${tagged}`;
  return [{ code, subject, problem, remedy: "Make both the same, or remove the version" }];
}

/** The version in the tag of a KinD image, `v1.34.11`. */
function versionByTag(image: string): string | undefined {
  return /:v(\d+\.\d+\.\d+)(?:@|$)/.exec(image)?.[1];
}

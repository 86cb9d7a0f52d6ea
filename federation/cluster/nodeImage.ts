import type { Problems } from "../errors/problem.ts";
import type { Sources } from "../config/sources.ts";

/** What a KinD cluster's configuration says of its nodes. */
export interface NodeSettings {
  nodeImage?: string;
  kubernetesVersion?: string;
}

/**
 * The image that nodes are made of, and its Kubernetes version: that of the sources, which have one, or the configured
 * one. Only an image decides what runs, so another version than the sources' needs an image that is of it.
 */
export function nodesOf(
  { nodeImage, kubernetesVersion }: NodeSettings,
  sources: Pick<Sources, "nodeImage" | "kubernetesVersion">,
): Required<NodeSettings> {
  if (!nodeImage) return { nodeImage: sources.nodeImage, kubernetesVersion: sources.kubernetesVersion };
  return { nodeImage, kubernetesVersion: kubernetesVersion ?? versionByTag(nodeImage) ?? "unknown" };
}

/** Adds what is wrong with the Kubernetes version that a configuration asks for. */
export function checkNodes(
  { nodeImage, kubernetesVersion }: NodeSettings,
  sources: Pick<Sources, "kubernetesVersion">,
  problems: Problems,
): void {
  if (!kubernetesVersion) return;
  if (!nodeImage && kubernetesVersion !== sources.kubernetesVersion)
    problems.add(
      `cluster.kubernetesVersion: there is no node image of ${kubernetesVersion} here, only of ${sources.kubernetesVersion}; name one in cluster.nodeImage (the notes of KinD's releases list them with their digests), or leave the version out`,
    );
  const tagged = nodeImage && versionByTag(nodeImage);
  if (tagged && tagged !== kubernetesVersion)
    problems.add(
      `cluster.kubernetesVersion: is ${kubernetesVersion}, but cluster.nodeImage "${nodeImage}" is of ${tagged} by its tag; make them agree, or leave the version out`,
    );
}

/** The version in a tag as KinD's images have it, `v1.34.11`. */
function versionByTag(image: string): string | undefined {
  return /:v(\d+\.\d+\.\d+)(?:@|$)/.exec(image)?.[1];
}

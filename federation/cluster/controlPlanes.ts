import { z } from "zod";
import { matches } from "../checks/liveCluster.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import type { Finding } from "../errors/userError.ts";
import { gatewaySelector } from "./gatewaySelector.ts";

/** Stack output with the control planes that the last `up` has installed; see {@link controlPlanesOf}. */
export const controlPlanesOutput = "controlPlanes";

/** A pod with a sidecar or a gateway's proxy. */
export interface ProxyPod {
  namespace: string;
  name: string;
  /** Revision of the control plane that injected it, in Istio's words: `default` is the one without. */
  revision: string;
  labels: Record<string, string>;
}

/** How many pods a finding names. */
const shown = 3;

/** Revisions of the control planes of a managed Istio, in Istio's words: `default` is the one without. */
export function controlPlanesOf({ istio }: Pick<MeshConfig, "istio">): string[] {
  if (istio.provider !== "managed") return [];
  const { revision = "default", canary } = istio;
  return [revision, ...(canary ? [canary.revision] : [])];
}

/** The control planes in the outputs of the last `up`; none where an earlier release has published none. */
export function publishedControlPlanes(outputs: Readonly<Record<string, unknown>>): string[] {
  return z.array(z.string()).safeParse(outputs[controlPlanesOutput]).data ?? [];
}

/** The control planes that an `up` removes, without those of `istio.abandonedRevisions`. */
export function removedControlPlanes(before: readonly string[], config: Pick<MeshConfig, "istio">): string[] {
  const { istio } = config;
  if (istio.provider !== "managed") return [];
  const kept = [...controlPlanesOf(config), ...(istio.abandonedRevisions ?? [])];
  return before.filter((revision) => !kept.includes(revision));
}

/**
 * A finding for each removed control plane that pods still use, besides those of the managed gateway: these roll in the
 * same `up`. A proxy connects to the control plane that injected it: without that, it gets no new configuration, and no
 * new certificate when its own ends.
 *
 * https://istio.io/latest/docs/setup/upgrade/canary/#uninstall-old-control-plane
 */
export function controlPlaneFindings(
  removed: readonly string[],
  pods: readonly ProxyPod[],
  config: Pick<MeshConfig, "gateway">,
): Finding[] {
  const gateway = config.gateway.provider === "managed" ? gatewaySelector(config) : undefined;
  const rolls = ({ namespace, labels }: ProxyPod): boolean =>
    gateway !== undefined && namespace === gateway.namespace && matches(gateway.labels, labels);
  const staying = pods.filter((pod) => !rolls(pod));
  return removed.flatMap((revision) => {
    const using = staying
      .filter((pod) => pod.revision === revision)
      .map(({ namespace, name }) => `${namespace}/${name}`);
    if (using.length === 0) return [];
    const more = using.length > shown ? ` and ${using.length - shown} more` : "";
    return {
      code: "control-plane-in-use",
      subject: `control plane ${revision}`,
      problem: `pods still use it: ${using.sort().slice(0, shown).join(", ")}${more}`,
      remedy:
        "Restart them, so that another control plane injects them; or list the revision in " +
        "istio.abandonedRevisions, and their certificates end without new ones",
    };
  });
}

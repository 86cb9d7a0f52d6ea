import type { LivePeerAuthentication } from "../federation/checks/liveCluster.ts";
import { ejects } from "../federation/cluster/outlierDetection.ts";
import { listOf, mappingOf } from "../federation/config/values.ts";
import type { IstioObject } from "./objects.ts";

/** The PeerAuthentications without labels, whoever has made them. */
export function livePeerAuthentications(policies: readonly IstioObject[]): LivePeerAuthentication[] {
  return policies.flatMap(({ metadata, spec = {} }) => {
    const { matchLabels } = mappingOf(spec["selector"]);
    const { mode } = mappingOf(spec["mtls"]);
    if (Object.keys(mappingOf(matchLabels)).length > 0) return [];
    const { namespace, name, creationTimestamp: created = "" } = metadata;
    return [{ namespace, name, created, mode: typeof mode === "string" ? mode : "UNSET" }];
  });
}

/** Whether clients of a DestinationRule leave out endpoints that fail, on all ports or on one. */
export function ruleEjects(spec: Record<string, unknown>): boolean {
  const policy = mappingOf(spec["trafficPolicy"]);
  const settings = [policy, ...listOf(policy["portLevelSettings"]).map(mappingOf)];
  return settings.some(({ outlierDetection }) => ejects(outlierDetection));
}

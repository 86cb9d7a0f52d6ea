/**
 * What a mesh's Istio and gateway are sized for:
 * - `production`: at least two replicas on different nodes and zones, with the charts' own requests;
 * - `small`: one replica each with requests that fit a machine of two cores. An upgrade or a lost node is an outage.
 */
export const profiles = ["production", "small"] as const;

export type Profile = (typeof profiles)[number];

/** Requests of a proxy in profile `small`. */
export const smallProxyRequests = { cpu: "10m", memory: "40Mi" };

/**
 * Constraints by which a Deployment's pods go to different zones and nodes where there are several. Pods of an earlier
 * revision do not count, otherwise the new ones of a roll would be spread around them.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export function spread(matchLabels: Record<string, string>) {
  return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
    matchLabelKeys: ["pod-template-hash"],
  }));
}

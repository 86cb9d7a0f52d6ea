import { isMapping } from "../config/values.ts";

/**
 * Whether settings of outlier detection, of a DestinationRule or of MeshConfig, leave out an endpoint that fails. Five
 * 5xx in a row do without a word about them; the two other detectors have to be switched on.
 *
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/networking/core/cluster_traffic_policy.go (applyOutlierDetection)
 * @param value input: what is no mapping counts as absent
 */
export function ejects(value: unknown): boolean {
  if (!isMapping(value)) return false;
  const counts = (key: string): boolean => Number(value[key]) !== 0;
  return (
    counts("consecutive5xxErrors") ||
    (value["consecutiveGatewayErrors"] !== undefined && counts("consecutiveGatewayErrors")) ||
    (value["splitExternalLocalOriginErrors"] === true && counts("consecutiveLocalOriginFailures"))
  );
}

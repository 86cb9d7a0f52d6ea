import { ruleIsNeeded } from "../federation/imports/importRule.ts";
import type { ImportedServiceArgs } from "./importedServiceArgs.ts";

/**
 * Whether an import has a DestinationRule. It is decided by what is plain when the program runs, because a preview must
 * know which objects there are: with outputs where it matters, there is one.
 */
export function createsRule(args: ImportedServiceArgs): boolean {
  const { gateways, subsets = [], host = args.exportedHost, exportedHost, blendLabels: blend } = args;
  if (args.destinationRule !== "whenNeeded") return true;
  if (!Array.isArray(gateways) || !Array.isArray(subsets)) return true;
  if (typeof host !== "string" || typeof exportedHost !== "string") return true;
  const { connectionPool, loadBalancer, outlierDetection } = args;
  const trafficPolicy = { connectionPool, loadBalancer, outlierDetection };
  return ruleIsNeeded({ gateways, host, exportedHost, subsets, blend, trafficPolicy });
}

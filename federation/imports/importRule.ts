/** Which imports have a DestinationRule: those of which it says something, or every one. */
export const importRulesValues = ["whenNeeded", "always"] as const;

/** One of {@link importRulesValues}. */
export type ImportRules = (typeof importRulesValues)[number];

/** What decides whether an import needs a rule. Of most, only whether it is there, known or not. */
export interface RuleReasons {
  gateways: readonly unknown[];
  /** Host by which workloads here call it. */
  host: string;
  /** Host of the export. */
  exportedHost: string;
  subsets: readonly unknown[];
  /** Undefined unless it is blended. */
  blend?: unknown;
  /** What the user has set, by key. Default: nothing. */
  trafficPolicy?: object | undefined;
}

/**
 * Whether a DestinationRule says something about an import that Istio does not do by itself: which of several gateways
 * is left out, the SNI of another name than the exporter's, subsets, failover between local pods and a gateway, or what
 * the user has set.
 *
 * Any other import needs none. Its endpoints have the label `security.istio.io/tlsMode: istio`, so auto mTLS calls them
 * with mesh identities, and its SNI is the one of ISTIO_MUTUAL: `outbound_.PORT_._.HOST`, which the gateway matches.
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/networking/core/cluster_tls.go (buildUpstreamTLSSettings)
 */
export function ruleIsNeeded(spec: RuleReasons): boolean {
  const { gateways, host, exportedHost, subsets, blend, trafficPolicy } = spec;
  const isSet = Object.values(trafficPolicy ?? {}).some((value) => value !== undefined);
  return gateways.length > 1 || host !== exportedHost || subsets.length > 0 || blend !== undefined || isSet;
}

/** An import, with the word whether it has a rule. */
export function withRule<T extends RuleReasons>(spec: T, importRules: ImportRules): T & { hasRule: boolean } {
  return { ...spec, hasRule: importRules === "always" || ruleIsNeeded(spec) };
}

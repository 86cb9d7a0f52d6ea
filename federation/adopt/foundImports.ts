import { takesHost } from "../checks/liveCluster.ts";
import { listOf, mappingOf } from "../config/values.ts";
import { fullHost } from "../objects/names.ts";
import { entryPorts, textOf, textsOf, type RemoteEndpoint } from "./endpoints.ts";
import { ofKind, type HandMadeObject } from "./handMade.ts";

/** Hosts of another mesh that a ServiceEntry brings into this one. */
export interface FoundImport {
  entry: HandMadeObject;
  hosts: string[];
  ports: { name: string; number: number; protocol: string }[];
  endpoints: RemoteEndpoint[];
  /** SPIFFE ids that may answer; empty: any workload with a certificate of a trusted root. */
  sans: string[];
  /** Whether a DestinationRule takes one of its hosts. */
  hasRule: boolean;
  /** TLS modes that the DestinationRules for its hosts set, sorted. */
  modes: string[];
  /** Whether all its endpoints say that they take Istio's mTLS, so that no DestinationRule is needed. */
  autoMtls: boolean;
  /** Namespaces that see it; empty: all. */
  exportTo: string[];
}

/** Reads an import from its ServiceEntry and the DestinationRules for its hosts. */
export function foundImport(
  entry: HandMadeObject,
  hosts: string[],
  endpoints: RemoteEndpoint[],
  objects: readonly HandMadeObject[],
  { clusterDomain }: { clusterDomain: string },
): FoundImport {
  const { spec } = entry;
  const rules = ofKind(objects, "DestinationRule").filter(({ spec: rule, namespace }) => {
    const pattern = fullHost(textOf(rule["host"]), namespace, clusterDomain);
    return hosts.some((host) => takesHost(pattern, host));
  });
  const own = listOf(spec["endpoints"]).map((endpoint) => textsOf(mappingOf(endpoint)["labels"]));
  return {
    entry,
    hosts,
    ports: entryPorts(spec),
    endpoints,
    sans: listOf(spec["subjectAltNames"]).filter((san): san is string => typeof san === "string"),
    hasRule: rules.length > 0,
    modes: [...new Set(rules.flatMap(({ spec: rule }) => modesIn(rule)))].sort(),
    autoMtls: own.every((labels) => labels["security.istio.io/tlsMode"] === "istio"),
    exportTo: listOf(spec["exportTo"]).filter((name): name is string => typeof name === "string"),
  };
}

/** Every TLS mode of a DestinationRule: of its policy, its ports and its subsets. */
export function modesIn(rule: Record<string, unknown>): string[] {
  const policies = [rule, ...listOf(rule["subsets"]).map(mappingOf)].map((part) => mappingOf(part["trafficPolicy"]));
  const settings = policies.flatMap((policy) => [policy, ...listOf(policy["portLevelSettings"]).map(mappingOf)]);
  return settings.flatMap(({ tls }) => (tls === undefined ? [] : [textOf(mappingOf(tls)["mode"]) || "DISABLE"]));
}

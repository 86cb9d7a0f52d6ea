import {
  isVisibleFromAny,
  selects,
  takesHost,
  tcpPorts,
  withoutNamespace,
  type LiveService,
} from "../checks/liveCluster.ts";
import { listOf, mappingOf } from "../config/values.ts";
import { fullHost, serviceHost } from "../objects/names.ts";
import { entryPorts, remoteEndpointsOf, textOf, textsOf } from "./endpoints.ts";
import type { AdoptSettings } from "./classify.ts";
import { modesIn } from "./foundImports.ts";
import { isAutoPassthrough, serversOf } from "./gateways.ts";
import { ofKind, type HandMade, type HandMadeObject, type HandMadePod } from "./handMade.ts";

/** A host that other meshes reach, since a wildcard of a Gateway takes it. Nobody named it. */
export interface ReachableHost {
  /** `namespace/name` of the Gateway. */
  gateway: string;
  /** The Gateway's host that takes it. */
  pattern: string;
  host: string;
  ports: number[];
  /** Number of pods that answer, because a proxy ends the callers' mTLS; of a Service only. */
  answering?: number;
  /** Number of pods without. */
  silent?: number;
  /** Names of ALLOW and CUSTOM policies, which limit the callers; empty: everybody with a trusted certificate. */
  limitedBy: string[];
}

/** A DestinationRule by which calls leave the mesh's mTLS. */
export interface LooseRule {
  /** `namespace/name`. */
  rule: string;
  host: string;
  modes: string[];
}

/** What other meshes reach although nobody declared it. */
export interface Reachable {
  hosts: ReachableHost[];
  rules: LooseRule[];
}

/** Where policies are that apply to every namespace. */
interface Places extends AdoptSettings {
  rootNamespace: string;
  /** Namespaces that see a Service without an annotation; empty: all. */
  serviceExportTo: readonly string[];
}

/**
 * A gateway with AUTO_PASSTHROUGH has a filter chain for each port of each Service whose host its servers take, and
 * which its namespace sees. The chains have no authorization: that is with the pods.
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/networking/core/gateway.go (builtAutoPassthroughFilterChains)
 */
export function reachable(found: HandMade, places: Places): Reachable {
  const hosts = ofKind(found.objects, "Gateway").flatMap((gateway) =>
    serversOf(gateway)
      .filter(isAutoPassthrough)
      .flatMap((server) => server.hosts)
      .filter((pattern) => withoutNamespace(pattern).includes("*"))
      .flatMap((pattern) => hostsBehind(found, gateway, pattern, places)),
  );
  const rules = ofKind(found.objects, "DestinationRule").flatMap((rule): LooseRule[] => {
    const modes = [...new Set(modesIn(rule.spec))].filter((mode) => ["DISABLE", "SIMPLE"].includes(mode)).sort();
    const host = fullHost(textOf(rule.spec["host"]), rule.namespace, places.clusterDomain);
    return modes.length === 0 ? [] : [{ rule: `${rule.namespace}/${rule.name}`, host, modes }];
  });
  return { hosts: hosts.filter(isFirst).sort(byHost), rules };
}

function hostsBehind(found: HandMade, gateway: HandMadeObject, pattern: string, places: Places): ReachableHost[] {
  const { clusterDomain } = places;
  const common = { gateway: `${gateway.namespace}/${gateway.name}`, pattern };
  const takes = (host: string, namespace: string): boolean =>
    takesHost(withoutNamespace(pattern), host) && takesNamespace(pattern, namespace, gateway.namespace);
  const services = found.services
    .filter((service) => service.kind !== "external" && isVisible(service, gateway.namespace, places.serviceExportTo))
    .map((service) => ({ service, host: serviceHost(service.name, service.namespace, clusterDomain) }))
    .filter(({ service, host }) => takes(host, service.namespace))
    .map(({ service, host }): ReachableHost => {
      const pods = podsOf(found.pods, service.namespace, service.selector);
      const answering = pods.filter(({ proxy }) => proxy === "sidecar").length;
      return {
        ...common,
        host,
        ports: tcpPorts(service).map(({ number }) => number),
        ...{ answering, silent: pods.length - answering },
        limitedBy: limitsOf(found.objects, service.namespace, service.selector, places),
      };
    });
  const entries = ofKind(found.objects, "ServiceEntry")
    .filter(({ spec }) => spec["location"] === "MESH_INTERNAL")
    .flatMap((entry) =>
      listOf(entry.spec["hosts"]).flatMap((name): ReachableHost[] => {
        const host = fullHost(textOf(name), entry.namespace, clusterDomain);
        if (!takes(host, entry.namespace) || !isVisible(visibilityOf(entry), gateway.namespace, [])) return [];
        // A call would come in from one mesh and go out to another.
        if (remoteEndpointsOf(entry, found.objects, places).length > 0) return [];
        const selector = textsOf(mappingOf(entry.spec["workloadSelector"])["labels"]);
        const limitedBy = limitsOf(found.objects, entry.namespace, selector, places);
        return [{ ...common, host, ports: entryPorts(entry.spec).map(({ number }) => number), limitedBy }];
      }),
    );
  return [...services, ...entries].filter(({ ports }) => ports.length > 0);
}

function visibilityOf({ namespace, spec }: HandMadeObject): Pick<LiveService, "namespace" | "exportTo"> {
  return { namespace, exportTo: listOf(spec["exportTo"]).map(textOf) };
}

/** Whether a namespace sees a Service or an entry, by itself or by the mesh's default. */
function isVisible(
  { namespace, exportTo = [] }: Pick<LiveService, "namespace" | "exportTo">,
  from: string,
  byDefault: readonly string[],
): boolean {
  return isVisibleFromAny({ namespace, exportTo: exportTo.length > 0 ? exportTo : [...byDefault] }, [from]);
}

/** Whether the namespace in front of a Gateway's host takes a namespace: `.` is the Gateway's own. */
function takesNamespace(pattern: string, namespace: string, own: string): boolean {
  const [of, host] = pattern.split("/");
  return host === undefined || of === "*" || of === namespace || (of === "." && namespace === own);
}

function podsOf(pods: readonly HandMadePod[], namespace: string, selector: Record<string, string>): HandMadePod[] {
  return pods.filter((pod) => pod.namespace === namespace && selects(selector, pod.labels));
}

/**
 * The policies without which everybody may call. One that admits every request limits nobody.
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
function limitsOf(
  objects: readonly HandMadeObject[],
  namespace: string,
  labels: Record<string, string>,
  { rootNamespace }: Places,
): string[] {
  const policies = ofKind(objects, "AuthorizationPolicy", "security.istio.io").filter((policy) => {
    const selector = textsOf(mappingOf(policy.spec["selector"])["matchLabels"]);
    const applies = Object.entries(selector).every(([key, value]) => labels[key] === value);
    return applies && [namespace, rootNamespace].includes(policy.namespace) && policy.spec["targetRefs"] === undefined;
  });
  const limiting = policies.filter(({ spec }) => ["", "ALLOW", "CUSTOM"].includes(textOf(spec["action"])));
  const opens = ({ spec }: HandMadeObject): boolean =>
    listOf(spec["rules"]).some((rule) => Object.keys(mappingOf(rule)).length === 0);
  return limiting.some(opens) ? [] : limiting.map((policy) => `${policy.namespace}/${policy.name}`);
}

/** Several gateways, or hosts of one, may take a host; one of them is enough to know. */
function isFirst(found: ReachableHost, index: number, all: ReachableHost[]): boolean {
  return all.findIndex(({ gateway, host }) => gateway === found.gateway && host === found.host) === index;
}

function byHost(a: ReachableHost, b: ReachableHost): number {
  return a.host < b.host ? -1 : a.host > b.host ? 1 : a.gateway < b.gateway ? -1 : 1;
}

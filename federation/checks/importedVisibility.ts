import type { Finding } from "../errors/userError.ts";
import { clientLabels } from "../imports/clientLabels.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import { takesHost, type EgressListener, type LiveCluster, type LiveSidecar } from "./liveCluster.ts";

/** What Sidecar objects do to imports. */
export interface ImportFindings {
  /** The import's client certainly cannot call it. */
  problems: Finding[];
  /** Some callers may not be able to. */
  warnings: Finding[];
}

/**
 * Names the Sidecar objects that keep an import from workloads which may call it: its host is in no egress listener.
 *
 * Istio takes the first of: the oldest Sidecar of the workload's namespace that selects it, the oldest one there
 * without a selector, the oldest one of the root namespace without a selector. Gateways have none. What a
 * VirtualService routes to is added, so only a client that is known, and an import to which nothing routes, is certain.
 * A blended import is left out: its host is that of the local Service, which the Sidecar hides by intent.
 *
 * https://istio.io/latest/docs/reference/config/networking/sidecar/
 * https://github.com/istio/istio/blob/1.28.0/pilot/pkg/model/sidecar.go
 */
export function sidecarFindings(
  spec: ResolvedImport,
  { sidecars = [], routed = [] }: Pick<LiveCluster, "sidecars" | "routed">,
  rootNamespace: string,
): ImportFindings {
  const found: ImportFindings = { problems: [], warnings: [] };
  if (spec.blend) return found;
  for (const namespace of spec.visibleTo) {
    const own = sidecars.filter((s) => s.namespace === namespace).sort(byAge);
    const whole = own.find((s) => !s.selector) ?? oldest(sidecars, rootNamespace);
    const ofClient = spec.client?.namespace === namespace ? sidecarOfClient(own, whole, spec.client) : undefined;
    for (const sidecar of [...own.filter((s) => s.selector), ...(whole ? [whole] : [])]) {
      const hidden = spec.ports.filter(({ number }) => !isVisible(spec, number, sidecar, namespace));
      if (hidden.length === 0) continue;
      const isCertain = sidecar === ofClient && !routed.includes(spec.host);
      found[isCertain ? "problems" : "warnings"].push(hiddenBy(sidecar, spec, hidden, namespace));
    }
  }
  return found;
}

function hiddenBy(
  { namespace, name, selector, egress }: LiveSidecar,
  spec: ResolvedImport,
  hidden: ResolvedImport["ports"],
  client: string,
): Finding {
  const ports = hidden.length < spec.ports.length ? `port ${hidden.map((p) => p.number).join(", ")} of it ` : "it ";
  const who = selector ? `the workloads of namespace ${client} that it selects` : `workloads of namespace ${client}`;
  const exclusion = egress
    .flatMap(({ hosts }) => hosts)
    .find((host) => host.startsWith("~") && takes(host, spec, client));
  return {
    code: "live-sidecar-hides",
    subject: `import "${spec.name}"`,
    problem: `the Sidecar ${namespace}/${name} hides ${ports}from ${who}: no egress host takes ${spec.host}`,
    remedy: exclusion
      ? `Remove the exclusion ${exclusion} from its egress hosts`
      : `Add ${spec.namespace}/${spec.host} to its egress hosts`,
  };
}

/** The Sidecar of the client's pods; undefined where it depends on labels that are not known. */
function sidecarOfClient(
  own: LiveSidecar[],
  whole: LiveSidecar | undefined,
  client: NonNullable<ResolvedImport["client"]>,
): LiveSidecar | undefined {
  const known = clientLabels(client) ?? {};
  for (const sidecar of own) {
    if (!sidecar.selector) continue;
    const selected = Object.entries(sidecar.selector);
    if (selected.some(([key, value]) => key in known && known[key] !== value)) continue;
    return selected.every(([key]) => key in known) ? sidecar : undefined;
  }
  return whole;
}

/** The Sidecar for all namespaces that have none of their own. */
function oldest(sidecars: readonly LiveSidecar[], rootNamespace: string): LiveSidecar | undefined {
  return sidecars.filter((s) => s.namespace === rootNamespace && !s.selector).sort(byAge)[0];
}

function byAge(a: LiveSidecar, b: LiveSidecar): number {
  return a.created.localeCompare(b.created) || a.name.localeCompare(b.name);
}

/**
 * Whether workloads have a route to a port of an import. A listener with that port decides alone; one without a port
 * has all other ports. One of a forward proxy (HTTP_PROXY) has every port.
 */
function isVisible(spec: ResolvedImport, port: number, { egress }: LiveSidecar, client: string): boolean {
  if (egress.length === 0) return true;
  const ofAll = (listener: EgressListener): boolean => !listener.port || listener.isProxy;
  const ofPort = egress.filter((listener) => !ofAll(listener) && listener.port === port);
  return (ofPort.length > 0 ? ofPort : egress.filter(ofAll)).some(({ hosts }) => shows(hosts, spec, client));
}

/** Whether a listener's hosts take the import. One with `~` excludes it (Istio 1.31). */
function shows(hosts: readonly string[], spec: ResolvedImport, client: string): boolean {
  const taking = hosts.filter((host) => takes(host, spec, client));
  return taking.length > 0 && !taking.some((host) => host.startsWith("~"));
}

function takes(host: string, spec: ResolvedImport, client: string): boolean {
  return (
    ["*", spec.namespace].includes(namespaceOf(host, client)) && takesHost(host.slice(host.indexOf("/") + 1), spec.host)
  );
}

/** The namespace of an egress host `namespace/dnsName`; that of `./` is the client's, and that of `~/` any. */
function namespaceOf(host: string, client: string): string {
  const namespace = host.split("/")[0]!.replace(/^~/, "");
  if (namespace === "") return "*";
  return namespace === "." ? client : namespace;
}

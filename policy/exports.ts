import { is, specOf, type Resource } from "./rule.ts";
import { isUnknown, listOf, numberOf, objectOf, textOf, textsOf } from "./values.ts";

/** Port on which an east-west gateway takes mTLS from other networks. */
export const crossNetworkPort = 15443;

/** Option by which a listener of the Gateway API becomes AUTO_PASSTHROUGH in Istio. */
const protocolOption = "gateway.istio.io/listener-protocol";
/** Option by which a listener of the Gateway API terminates mTLS with the identities of the mesh in Istio. */
const terminateOption = "gateway.istio.io/tls-terminate-mode";

/** A host that a gateway lets through without looking into the TLS. */
export interface PassedHost {
  /** As written; `*` for a listener without hostname. */
  host: string;
  /** Path of the field it stands in. */
  field: string;
  /**
   * Whether it leads to a service of the mesh, whose sidecar takes the TLS of any caller of the common root: an export.
   * With PASSTHROUGH that is so on every port.
   */
  exported: boolean;
}

/** A listener of the Gateway API; `spec.listeners` of a Gateway, or of a set that adds some to a Gateway. */
interface Listener {
  listener: Record<string, any>;
  field: string;
}

/**
 * The listeners of a resource of the Gateway API. A gateway of class istio-remote is a peer's, described here; nothing
 * listens on it. https://gateway-api.sigs.k8s.io/api-types/listenerset/
 */
function listenersOf(resource: Resource): Listener[] {
  const group = "gateway.networking.k8s.io";
  const isSet =
    is(resource, group, "ListenerSet") ||
    is(resource, "gateway.networking.x-k8s.io", "XListenerSet") ||
    is(resource, "gateway.networking.x-k8s.io", "ListenerSet");
  if (!isSet && !is(resource, group, "Gateway")) return [];
  if (specOf(resource)["gatewayClassName"] === "istio-remote") return [];
  return (
    listOf(specOf(resource)["listeners"])
      .map(objectOf)
      .map((listener, i) => ({ listener, field: `spec.listeners[${i}].hostname` }))
      // HBONE is the network of one ambient mesh, and knows no hosts.
      .filter(({ listener }) => listener["protocol"] !== "HBONE")
  );
}

/** Hosts of a listener: every one where it has no hostname, none while it is not known. */
function hostsOf({ listener }: Listener): string[] {
  return isUnknown(listener["hostname"]) ? [] : [textOf(listener["hostname"]) ?? "*"];
}

/** Servers of an Istio Gateway. */
function serversOf(resource: Resource): { server: Record<string, any>; hosts: string[]; field: string }[] {
  if (!is(resource, "networking.istio.io", "Gateway")) return [];
  return listOf(specOf(resource)["servers"])
    .map(objectOf)
    .map((server, i) => ({
      server,
      hosts: textsOf(server["hosts"]).filter((host) => !isUnknown(host)),
      field: `spec.servers[${i}].hosts`,
    }));
}

/**
 * Hosts for which a gateway terminates mTLS with the identities of the mesh (ISTIO_MUTUAL). The service behind it sees
 * the gateway as its caller, so only the gateway can name the callers.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
 */
export function terminatedHosts(resource: Resource): Pick<PassedHost, "host" | "field">[] {
  const servers = serversOf(resource).filter(({ server }) => objectOf(server["tls"])["mode"] === "ISTIO_MUTUAL");
  const listeners = listenersOf(resource).filter(
    ({ listener }) => objectOf(objectOf(listener["tls"])["options"])[terminateOption] === "ISTIO_MUTUAL",
  );
  return [
    ...servers.flatMap(({ hosts, field }) => hosts.map((host) => ({ host, field }))),
    ...listeners.flatMap((l) => hostsOf(l).map((host) => ({ host, field: l.field }))),
  ];
}

/**
 * Hosts that a resource lets through: of an Istio Gateway the servers with AUTO_PASSTHROUGH or PASSTHROUGH, of a
 * Gateway of the Gateway API, or a set of listeners for one, the listeners with mode Passthrough; of both, whatever
 * listens on 15443. A listener or server that terminates TLS, or has none, is an ordinary ingress: what it leads to is
 * said by routes. Hosts not known yet are left out.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
 * https://gateway-api.sigs.k8s.io/guides/tls/
 */
export function passedHosts(resource: Resource): PassedHost[] {
  const servers = serversOf(resource).flatMap(({ server, hosts, field }) => {
    const { mode } = objectOf(server["tls"]);
    return passing(hosts, field, objectOf(server["port"])["number"], {
      auto: mode === "AUTO_PASSTHROUGH",
      plain: mode === "PASSTHROUGH",
    });
  });
  const listeners = listenersOf(resource).flatMap((l) => {
    const tls = objectOf(l.listener["tls"]);
    return passing(hostsOf(l), l.field, l.listener["port"], {
      auto: objectOf(tls["options"])[protocolOption] === "auto-passthrough",
      plain: tls["mode"] === "Passthrough",
    });
  });
  return [...servers, ...listeners];
}

/** Those hosts as a port passes them; none where it is an ordinary ingress. */
function passing(
  hosts: string[],
  field: string,
  port: unknown,
  passthrough: { auto: boolean; plain: boolean },
): PassedHost[] {
  const crossNetwork = numberOf(port) === crossNetworkPort;
  if (!passthrough.auto && !passthrough.plain && !crossNetwork) return [];
  const exported = passthrough.auto || passthrough.plain;
  return hosts.map((host) => ({ host, field, exported }));
}

/**
 * The service's host: without the namespace in front (`namespace/host`), and without the SNI's `outbound_.8000_._.`.
 */
export function serviceHost(host: string): string {
  return host.slice(host.indexOf("/") + 1).replace(/^outbound_\.[0-9]+_\.[^.]*_\./, "");
}

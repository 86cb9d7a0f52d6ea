import { is, specOf, type Resource } from "./rule.ts";
import { isUnknown, listOf, numberOf, objectOf, textOf, textsOf } from "./values.ts";

/** Port on which an east-west gateway takes mTLS from other networks. */
export const crossNetworkPort = 15443;

/** Option by which a listener of the Gateway API becomes AUTO_PASSTHROUGH in Istio. */
const protocolOption = "gateway.istio.io/listener-protocol";

/** A host that a gateway lets through without looking into the TLS. */
export interface PassedHost {
  /** As written; `*` for a listener without hostname. */
  host: string;
  /** Path of the field it stands in. */
  field: string;
  /** Whether it leads to a service of the mesh, by the SNI that sidecars of other networks send: an export. */
  exported: boolean;
}

/**
 * Hosts that a resource lets through: of an Istio Gateway the servers with AUTO_PASSTHROUGH or PASSTHROUGH, of a
 * Gateway of the Gateway API the listeners with mode Passthrough; of both, whatever listens on 15443. A listener or
 * server that terminates TLS, or has none, is an ordinary ingress: what it leads to is said by routes. Hosts not known
 * yet are left out. https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
 * https://gateway-api.sigs.k8s.io/guides/tls/
 */
export function passedHosts(resource: Resource): PassedHost[] {
  if (is(resource, "networking.istio.io", "Gateway"))
    return listOf(specOf(resource)["servers"])
      .map(objectOf)
      .flatMap((server, i) => {
        const { mode } = objectOf(server["tls"]);
        const hosts = textsOf(server["hosts"]).filter((host) => !isUnknown(host));
        return passing(hosts, `spec.servers[${i}].hosts`, objectOf(server["port"])["number"], {
          auto: mode === "AUTO_PASSTHROUGH",
          plain: mode === "PASSTHROUGH",
        });
      });
  // A gateway of class istio-remote is a peer's, described here; nothing listens on it.
  if (is(resource, "gateway.networking.k8s.io", "Gateway") && specOf(resource)["gatewayClassName"] !== "istio-remote")
    return listOf(specOf(resource)["listeners"])
      .map(objectOf)
      .flatMap((listener, i) => {
        const tls = objectOf(listener["tls"]);
        // HBONE is the network of one ambient mesh, and knows no hosts.
        if (listener["protocol"] === "HBONE") return [];
        const hosts = isUnknown(listener["hostname"]) ? [] : [textOf(listener["hostname"]) ?? "*"];
        return passing(hosts, `spec.listeners[${i}].hostname`, listener["port"], {
          auto: objectOf(tls["options"])[protocolOption] === "auto-passthrough",
          plain: tls["mode"] === "Passthrough",
        });
      });
  return [];
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
  const exported = passthrough.auto || (passthrough.plain && crossNetwork);
  return hosts.map((host) => ({ host, field, exported }));
}

/**
 * The service's host: without the namespace in front (`namespace/host`), and without the SNI's `outbound_.8000_._.`.
 */
export function serviceHost(host: string): string {
  return host.slice(host.indexOf("/") + 1).replace(/^outbound_\.[0-9]+_\.[^.]*_\./, "");
}

import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { outboundCluster } from "../../kube/envoy.ts";
import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";

/** Checks that the client's sidecar takes the call and sends it with mTLS and the exporter's SNI. */
export function checkListener(edge: Edge, { config, endpoints }: Evidence): HopCheck {
  const result = resultsOf(edge.mesh);
  const { name, namespace } = edge.object;
  const run = `run \`pulumi up --refresh --stack ${edge.stack}\``;
  if (!config)
    return endpoints && !failed(endpoints) && endpoints.length > 0
      ? result.passed("the sidecar has a cluster for the host")
      : result.unknown("the sidecar's configuration was not read");
  if (failed(config)) return result.unknown(config.failure);
  const cluster = `cluster ${outboundCluster(edge.host, edge.port.number)}`;
  if (!config.cluster)
    return result.failed(
      `the client's sidecar has no ${cluster}`,
      `ServiceEntry ${namespace}/${name} lacks port ${edge.port.number}, or a Sidecar object hides the host; ${run}`,
    );
  if (!config.listener)
    return result.failed(
      `the client's sidecar has no listener for port ${edge.port.number}`,
      `Another object may use that port; check ServiceEntry ${namespace}/${name} and ${run}`,
    );
  if (!config.route)
    return result.failed(
      `the client's sidecar does not route ${edge.host}:${edge.port.number} to ${cluster}`,
      `A VirtualService for ${edge.host} redirects it; correct or remove that VirtualService`,
    );
  if (!edge.blended && !config.cluster.mtls)
    return result.failed(
      `${cluster} sends plaintext, which the gateway resets`,
      edge.hasRule
        ? `DestinationRule ${namespace}/${name} (tls.mode ISTIO_MUTUAL) is missing, changed, or overridden by ` +
            `another one for ${edge.host}; ${run}`
        : `The import has no DestinationRule and needs auto mTLS. Remove what switches it off: a DestinationRule of ` +
            `others that takes ${edge.host} and sets tls, or a PeerAuthentication with mode DISABLE for namespace ` +
            `${namespace}; with meshConfig.enableAutoMtls off, set importRules: always in stack ${edge.stack}`,
    );
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  if (!edge.blended && config.cluster.sni !== undefined && config.cluster.sni !== sni)
    return result.failed(
      `${cluster} sends the SNI ${config.cluster.sni}, the gateway expects ${sni}`,
      edge.hasRule
        ? `DestinationRule ${namespace}/${name} must set the exporter's name, or none; ${run}`
        : `The import has no DestinationRule; remove sni from the one of others that takes ${edge.host}`,
    );
  return result.passed(`${cluster} sends mTLS with SNI ${config.cluster.sni ?? sni}`);
}

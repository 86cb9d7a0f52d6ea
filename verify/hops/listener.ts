import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Does the client's sidecar take the call and send it on as mTLS, under the right name? */
export function judgeListener(edge: Edge, { config, endpoints }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("listener", edge.mesh);
  const { name, namespace } = edge.object;
  const again = `run \`pulumi up --refresh --stack ${edge.stack}\``;
  if (!config)
    return endpoints && !failed(endpoints) && endpoints.length > 0
      ? good("the sidecar has a cluster for the host")
      : unknown("the sidecar's configuration was not looked at");
  if (failed(config)) return unknown(config.failure);
  const cluster = `cluster outbound|${edge.port.number}||${edge.host}`;
  if (!config.cluster)
    return broken(
      `the client's sidecar has no ${cluster}`,
      `ServiceEntry ${namespace}/${name} lacks port ${edge.port.number}, or a Sidecar object hides the host; ${again}`,
    );
  if (!config.listener)
    return broken(
      `the client's sidecar has no listener for port ${edge.port.number}`,
      `another object may hold that port; look at ServiceEntry ${namespace}/${name} and ${again}`,
    );
  if (!config.route)
    return broken(
      `the client's sidecar routes ${edge.host}:${edge.port.number} elsewhere than to ${cluster}`,
      `a VirtualService for ${edge.host} redirects it; correct or remove that`,
    );
  if (!edge.blended && !config.cluster.mtls)
    return broken(
      `${cluster} sends plaintext, which the gateway resets`,
      `DestinationRule ${namespace}/${name} (tls.mode ISTIO_MUTUAL) is missing, changed, or overruled by another one for ${edge.host}; ${again}`,
    );
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  if (!edge.blended && config.cluster.sni !== undefined && config.cluster.sni !== sni)
    return broken(
      `${cluster} sends the SNI ${config.cluster.sni}, the gateway knows ${sni}`,
      `DestinationRule ${namespace}/${name} must set the exporter's name, or none; ${again}`,
    );
  return good(`${cluster} sends mTLS with SNI ${config.cluster.sni ?? sni}`);
}

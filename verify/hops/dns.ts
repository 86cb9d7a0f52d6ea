import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { resultsOf, type HopCheck } from "./result.ts";

/** Checks that the host resolves in the client pod. Its sidecar answers, with istiod's configuration. */
export function checkDns(edge: Edge, { answer, config, endpoints }: Evidence): HopCheck {
  const result = resultsOf(edge.mesh);
  if (!answer) return result.unknown("no call was made");
  if (answer.address) return result.passed(`${edge.host} is ${answer.address}`);
  if (!answer.unresolved) return result.unknown(`the client does not report the address of ${edge.host}`);
  const known =
    (config && !failed(config) && config.cluster !== undefined) ||
    (endpoints && !failed(endpoints) && endpoints.length > 0);
  const { name, namespace } = edge.object;
  const run = `run \`pulumi up --refresh --stack ${edge.stack}\``;
  if (!known)
    return result.failed(
      `${edge.host} does not resolve, and the client's sidecar does not know the host`,
      `ServiceEntry ${namespace}/${name} is missing or not exported to namespace ${edge.client.namespace} ` +
        `(visibleTo), or a Sidecar object hides it; ${run}`,
    );
  return result.failed(
    `${edge.host} does not resolve, although the client's sidecar knows the host: it has no virtual address, ` +
      "or the sidecar does not capture DNS",
    `Set ISTIO_META_DNS_CAPTURE: "true" in the mesh's proxyMetadata, and remove label ` +
      `networking.istio.io/enable-autoallocate-ip: "false" from ServiceEntry ${namespace}/${name}, if it has ` +
      `it; ${run}`,
  );
}

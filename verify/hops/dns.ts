import type { Edge } from "../edge.ts";
import { failed, type Evidence } from "../evidence.ts";
import { verdictsOf, type Verdict } from "./verdict.ts";

/** Does the name resolve for the client? Its sidecar answers, from what istiod told it. */
export function judgeDns(edge: Edge, { answer, config, endpoints }: Evidence): Verdict {
  const { good, broken, unknown } = verdictsOf("dns", edge.mesh);
  if (!answer) return unknown("no call was made");
  if (answer.address) return good(`${edge.host} is ${answer.address}`);
  if (!answer.unresolved) return unknown(`the client does not say what ${edge.host} resolved to`);
  const known =
    (config && !failed(config) && config.cluster !== undefined) ||
    (endpoints && !failed(endpoints) && endpoints.length > 0);
  const { name, namespace } = edge.object;
  if (!known)
    return broken(
      `${edge.host} does not resolve, and the client's sidecar does not know the host`,
      `ServiceEntry ${namespace}/${name} is missing or not exported to namespace ${edge.client.namespace} (visibleTo), or a Sidecar object hides it; run \`pulumi up --refresh --stack ${edge.stack}\``,
    );
  return broken(
    `${edge.host} does not resolve, although the client's sidecar knows the host: it has no virtual address, or the sidecar does not capture DNS`,
    `set ISTIO_META_DNS_CAPTURE: "true" in the mesh's proxyMetadata, and let ServiceEntry ${namespace}/${name} have an address: no label networking.istio.io/enable-autoallocate-ip: "false" on it; run \`pulumi up --refresh --stack ${edge.stack}\``,
  );
}

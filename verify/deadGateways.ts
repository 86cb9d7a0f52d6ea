import type { Finding } from "../federation/errors/userError.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import type { EnvoyEndpoint } from "../kube/envoy.ts";
import type { Edge } from "./edge.ts";
import { failed, type ClientHelloResult, type Evidence } from "./evidence.ts";

/**
 * Gateways of an edge that take no calls while another gateway does, each with its evidence: the next failure leaves
 * the client without a gateway. A gateway that only this machine does not reach is not dead.
 */
export function deadGateways(edge: Edge, evidence: Evidence): Finding[] {
  const { clientHellos } = evidence;
  if (clientHellos.length < 2 || !clientHellos.some((h) => h.outcome === "certificate")) return [];
  return clientHellos.flatMap((hello) => {
    const problem = evidenceOf(evidence, hello);
    return problem
      ? [
          {
            code: "edge-gateway-dead" as const,
            subject: `gateway ${socketAddress(hello)} of ${hello.mesh}`,
            problem: `it takes no calls for ${edge.name}: ${problem}`,
            remedy: `The owner of ${hello.mesh} must check its Service, its pods, the export and the pods behind it`,
          },
        ]
      : [];
  });
}

function evidenceOf(
  { fromClient, blocksUnknownHosts, endpoints }: Evidence,
  hello: ClientHelloResult,
): string | undefined {
  if (hello.outcome === "certificate") return undefined;
  if (hello.outcome === "reset") return `it resets a ClientHello for ${hello.sni} (${hello.detail})`;
  const address = socketAddress(hello);
  const endpoint = (endpoints && !failed(endpoints) ? endpoints : []).find((e) => e.address === address);
  if (endpoint && isLost(endpoint))
    return (
      `neither this machine (${hello.detail}) nor the client's sidecar (${endpoint.health}, ` +
      `${endpoint.failures ?? 0} failed connections) gets a connection`
    );
  return !blocksUnknownHosts && fromClient?.[address] === false && !endpoint?.connections
    ? `neither this machine (${hello.detail}) nor the client gets a connection`
    : undefined;
}

/** Whether an endpoint is ejected, or every connection to it failed. */
function isLost({ health, failures = 0, connections }: EnvoyEndpoint): boolean {
  return (health !== "HEALTHY" && health !== "unknown") || (failures > 0 && connections === 0);
}

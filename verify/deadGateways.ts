import type { Edge } from "./edge.ts";
import { failed, type Endpoint, type Evidence, type Hello } from "./evidence.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";

/**
 * Gateways of an edge that take no part although another one does, each with what shows it: the next failure leaves the
 * client with nothing. One that only this machine does not reach is not among them.
 */
export function deadGateways(edge: Edge, evidence: Evidence): string[] {
  const { hellos } = evidence;
  if (hellos.length < 2 || !hellos.some((h) => h.outcome === "certificate")) return [];
  return hellos.flatMap((h) => {
    const shown = whatShows(evidence, h);
    return shown
      ? [
          `the gateway ${socketAddress(h)} of ${h.mesh} is dead for ${edge.name}: ${shown}; the owner of ${h.mesh} must look at its Service, its pods, the export and what stands behind it`,
        ]
      : [];
  });
}

function whatShows({ fromClient, blocksUnknown, endpoints }: Evidence, hello: Hello): string | undefined {
  if (hello.outcome === "certificate") return undefined;
  if (hello.outcome === "reset") return `it breaks off a ClientHello for ${hello.sni} (${hello.detail})`;
  const seen = (endpoints && !failed(endpoints) ? endpoints : []).find((e) => e.address === socketAddress(hello));
  if (seen && isLost(seen))
    return `this machine gets no connection (${hello.detail}), nor does the client's sidecar (${seen.health}, ${seen.failures ?? 0} failed connections)`;
  return !blocksUnknown && fromClient?.[socketAddress(hello)] === false && !seen?.connections
    ? `neither this machine (${hello.detail}) nor the client gets a connection`
    : undefined;
}

/** Whether an endpoint is left out, or every connection to it failed. */
function isLost({ health, failures = 0, connections }: Endpoint): boolean {
  return (health !== "HEALTHY" && health !== "unknown") || (failures > 0 && connections === 0);
}

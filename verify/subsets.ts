import type { Finding } from "../federation/errors/userError.ts";
import { autoPassthroughSni } from "../federation/objects/names.ts";
import { edgeName, type Edge, type GatewayAddress } from "./edge.ts";
import type { ClientHelloResult, Evidence } from "./evidence.ts";
import { checkSni } from "./hops/sni.ts";
import { checkTls } from "./hops/tls.ts";

/**
 * Sends each gateway a ClientHello for each subset: the gateway has a filter chain for each besides that of the host.
 */
export async function sendSubsetHellos(
  { subsets, exportedHost, port, gateways }: Edge,
  send: (gateway: GatewayAddress, sni: string) => Promise<ClientHelloResult>,
): Promise<Record<string, ClientHelloResult[]>> {
  const sendAll = (subset: string) =>
    Promise.all(gateways.map((gateway) => send(gateway, autoPassthroughSni(exportedHost, port.number, subset))));
  return Object.fromEntries(await Promise.all(subsets.map(async (subset) => [subset, await sendAll(subset)] as const)));
}

/** Problems of an edge's subsets: each is checked as the host's own ClientHello is. The call used none of them. */
export function subsetProblems(edge: Edge, { answer: _call, ...evidence }: Evidence): Finding[] {
  return Object.entries(evidence.subsets ?? {}).flatMap(([subset, clientHellos]) => {
    // The peer's side was read for the host's own filter chain.
    const seen = { ...evidence, clientHellos, peerSides: [] };
    const failure = [checkSni(edge, seen), checkTls(edge, seen)].find(({ state }) => state === "failed");
    return failure
      ? [
          {
            code: "edge-subset" as const,
            subject: `subset "${subset}" of ${edgeName(edge)}`,
            problem: failure.evidence,
            remedy: failure.remedy!,
          },
        ]
      : [];
  });
}

import { autoPassthroughSni } from "../federation/objects/names.ts";
import type { Edge, GatewayAddress } from "./edge.ts";
import type { Evidence, Hello } from "./evidence.ts";
import { judgeSni } from "./hops/sni.ts";
import { judgeTls } from "./hops/tls.ts";

/** Says each subset's own SNI to each gateway: the gateway has a filter chain per subset, beside the host's. */
export async function greetSubsets(
  { subsets, exportedHost, port, gateways }: Edge,
  say: (gateway: GatewayAddress, sni: string) => Promise<Hello>,
): Promise<Record<string, Hello[]>> {
  const greet = (subset: string) =>
    Promise.all(gateways.map((gateway) => say(gateway, autoPassthroughSni(exportedHost, port.number, subset))));
  return Object.fromEntries(await Promise.all(subsets.map(async (subset) => [subset, await greet(subset)] as const)));
}

/** What is wrong with an edge's subsets, each judged as the host's own ClientHello is. The call went to none of them. */
export function subsetProblems(edge: Edge, { answer: _call, ...evidence }: Evidence): string[] {
  return Object.entries(evidence.subsets ?? {}).flatMap(([subset, hellos]) => {
    // What the far side was asked concerns the host's own chain.
    const seen = { ...evidence, hellos, far: [] };
    const broken = [judgeSni(edge, seen), judgeTls(edge, seen)].find((v) => v.state === "broken");
    return broken ? [`subset ${subset}: ${broken.evidence}; ${broken.remedy}`] : [];
  });
}

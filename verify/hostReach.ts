import { printable } from "../federation/errors/userError.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import type { EdgeResult } from "./checkEdge.ts";
import { isFromUpstream } from "./hops/sidecarError.ts";

/** Most gateways that a sentence names. */
const maxNamed = 4;

/** A gateway that this machine does not reach. */
interface Missed {
  gateway: string;
  /** Why, in a few words. */
  here: string;
  /** The pod that proved it in this machine's place. */
  pod: string | undefined;
}

/**
 * Says once which gateways this machine does not reach, although their imports work, and what was proved from pods
 * instead. At most two sentences; none where this machine reaches them.
 */
export function hostNotices(edges: EdgeResult[]): string[] {
  const missed = new Map<string, Missed>();
  for (const { evidence } of edges)
    for (const hello of evidence.clientHellos) {
      const gateway = `${socketAddress(hello)} of ${hello.mesh}`;
      if (hello.via) missed.set(gateway, { gateway, here: hello.via.here, pod: hello.via.pod });
      else if (hello.outcome === "unreachable" && isFromUpstream(evidence.answer) && !missed.has(gateway))
        missed.set(gateway, { gateway, here: hello.detail, pod: undefined });
    }
  const [proved, lost] = [true, false].map((by) =>
    [...missed.values()].filter(({ pod }) => (pod !== undefined) === by),
  );
  const pods = [...new Set(proved!.map(({ pod }) => pod))].slice(0, maxNamed);
  const why = "The node network of KinD is not reachable from macOS and Windows; see docs/machines.md";
  return [
    ...(proved!.length > 0
      ? [
          `this machine gets no connection to ${named(proved!)}, so nothing at them is observable from here: ` +
            `certificates, names and negative checks are proved from pod ${pods.join(", ")} instead. ${why}`,
        ]
      : []),
    ...(lost!.length > 0
      ? [
          `this machine gets no connection to ${named(lost!)}, and no pod of a client could connect in its place: ` +
            `their certificates are not observable. Istio's proxy or the client's container needs bash or nc. ${why}`,
        ]
      : []),
  ].map(printable);
}

function named(missed: Missed[]): string {
  const more = missed.length > maxNamed ? ` and ${missed.length - maxNamed} more` : "";
  return `${missed
    .slice(0, maxNamed)
    .map(({ gateway, here }) => `${gateway} (${here})`)
    .join(", ")}${more}`;
}

import type { RejectedListener } from "../../kube/envoy.ts";
import type { PeerSide } from "../evidence.ts";
import { listed } from "../listed.ts";

/** A listener that a gateway rejects, and what to do about it; undefined where it rejects none. */
export function rejectionOf({ rejected, overlapping }: Pick<PeerSide, "rejected" | "overlapping">) {
  // While one pod keeps an earlier configuration, calls get through.
  const listener = rejected.find(({ active }) => active) ?? rejected[0];
  return listener && { evidence: rejectionText(listener), remedy: rejectionRemedy(overlapping) };
}

/** What a rejected listener means for calls, as the end of a sentence that begins with the gateway. */
export function rejectionText({ name, details, active }: RejectedListener): string {
  const effect = active
    ? "keeps the configuration before it, and a pod that starts now never becomes ready"
    : "does not listen there";
  return `rejects the configuration of its listener ${name} and ${effect} (${details})`;
}

/** What to do about a rejected listener. */
export function rejectionRemedy(overlapping: string[]): string {
  if (overlapping.length === 0) return "Correct the Gateway object or EnvoyFilter that Envoy's reason is about";
  return (
    `Narrow the hosts of ${listed(overlapping)}, which overlap those of other Gateway objects on the same port, ` +
    "or give the exports a gateway of their own"
  );
}

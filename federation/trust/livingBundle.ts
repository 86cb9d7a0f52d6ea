import { X509Certificate } from "node:crypto";
import type { ContractRoot } from "../contract/contract.ts";
import { bundleOf, type TrustBundle } from "./bundle.ts";

/**
 * The bundle that a mesh has published, while a change of it can cut workloads off. Undefined once its active root has
 * ended: no verifier accepts anything below it, so that the only way on is another root, without phases.
 */
export function livingBundle(roots: readonly ContractRoot[], now: Date | undefined): TrustBundle | undefined {
  const active = roots.find(({ use }) => use === "active");
  return active && now && hasEnded(active.pem, now) ? undefined : bundleOf(roots);
}

function hasEnded(pem: string, now: Date): boolean {
  try {
    return new Date(new X509Certificate(pem).validTo) <= now;
  } catch {
    return false;
  }
}

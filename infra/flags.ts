import {
  bundleOf,
  bundleText,
  Findings,
  istiodValues,
  multirootFindings,
  type ArtifactSources,
  type ContractRoot,
  type FederationPlan,
  type MeshConfig,
  type TrustBundle,
} from "../federation/index.ts";
import type { CaPlan } from "./ca.ts";

/** The roots of a mesh, as published and as planned. */
interface RootChange {
  kind: CaPlan["kind"];
  before: readonly ContractRoot[] | undefined;
  now: TrustBundle | undefined;
}

/**
 * Checks that the proxies of a managed Istio would get what they are to trust.
 * @throws UserError `trust-mismatch` with a detail for each flag that is off although roots change, or anchors exist
 */
export function checkFlags(
  config: MeshConfig,
  sources: ArtifactSources,
  { anchored }: FederationPlan,
  { kind, before, now }: RootChange,
): void {
  if (config.istio.provider !== "managed") return;
  const installed = before && bundleOf(before);
  // What signs in the place of istiod distributes its roots by itself.
  const changes = kind !== "external" && installed && now && bundleText(installed) !== bundleText(now);
  if (!changes && anchored.length === 0) return;
  const need = changes
    ? "the roots of the mesh change"
    : `there are anchors of ${anchored.map(({ mesh }) => `"${mesh}"`).join(", ")}`;
  const findings = new Findings();
  findings.addAll(multirootFindings(istiodValues(config, sources), need));
  findings.throwIfAny("trust-mismatch", {
    subject: `mesh "${config.mesh.name}"`,
    problem: "its proxies would not get what they are to trust, so nothing is changed",
    remedy: "Correct the details",
  });
}

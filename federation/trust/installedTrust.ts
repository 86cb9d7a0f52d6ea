import { anchorState, type IstioTrust } from "./existingIstio.ts";
import { settingsOutput } from "./istioSettings.ts";
import type { PeerTrust } from "./peerTrust.ts";

/**
 * What a mesh with an existing Istio really trusts: its own roots, and of the planned anchors those that are in force,
 * which the program cannot install itself. The others wait.
 *
 * @param istio undefined where it cannot be read; what the last `up` has published then counts
 * @param published SHA-256 of roots by peer, as the last `up` has published them
 * @param now undefined: every certificate is valid
 */
export function installedTrust<T extends PeerTrust>(
  planned: T,
  istio: IstioTrust | undefined,
  published: Readonly<Record<string, readonly string[]>> = {},
  now?: Date,
): T {
  const trusts = { ...planned.trusts };
  const pending = [...planned.pending];
  for (const { mesh, trustDomain, roots } of planned.anchored) {
    const isInstalled = (root: (typeof roots)[number]): boolean =>
      istio
        ? anchorState(root, trustDomain, istio, now) === "installed"
        : (published[mesh] ?? []).includes(root.sha256);
    const awaited = roots.filter((root) => !isInstalled(root));
    const trusted = (trusts[mesh] ?? []).filter((root) => !awaited.some(({ sha256 }) => sha256 === root));
    // Of a mesh that signs under another root nobody is let in.
    if (trusted.length > 0 && !awaited.some(({ use }) => use === "active")) trusts[mesh] = trusted;
    else delete trusts[mesh];
    for (const { sha256 } of awaited)
      pending.push({
        mesh,
        reason: istio
          ? `this mesh's Istio does not have the anchor of its root ${sha256} in force: its owner sets what stack ` +
            `output ${settingsOutput} has`
          : `this mesh's Istio cannot be read, and no \`up\` has found the anchor of its root ${sha256} in force`,
      });
  }
  return { ...planned, trusts, pending };
}

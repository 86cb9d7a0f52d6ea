import { Findings, type Finding } from "../errors/userError.ts";
import { rootDefaults } from "../config/rootConfig.ts";
import { contractRoots, type TrustBundle } from "./bundle.ts";
import type { CertificateFacts } from "./certificate.ts";
import { areIndistinct, nameOf, onlyCertificate, short } from "./distinctRoots.ts";

/** Most roots of a mesh, and most characters of each, as a contract can say them. */
export const maxRoots = 16;
export const maxRootCharacters = 16_384;

/**
 * What is wrong with the roots of a mesh's own bundle; empty when istiod, every verifier and every peer can take them.
 * They may come from a signer whom nobody has checked, and a contract that peers cannot read would block the mesh too.
 */
export async function ownRootFindings({ roots, active }: TrustBundle, now: Date): Promise<readonly Finding[]> {
  const findings = new Findings();
  const add = (code: Finding["code"], problem: string, remedy: string): void =>
    findings.add(code, { subject: "the mesh's roots", problem, remedy });
  if (roots.length > maxRoots)
    add("own-roots-many", `there are ${roots.length} of them, and at most ${maxRoots} are possible`, "Remove some");
  const read: CertificateFacts[] = [];
  for (const { sha256, pem } of roots) {
    const root = pem.length > maxRootCharacters ? undefined : await onlyCertificate(pem);
    if (root?.isCa) read.push(root);
    else
      add(
        "own-root-malformed",
        root ? `${nameOf(root)} is not a CA` : `${short(sha256)} is not one certificate in PEM`,
        "Have the signer replace it, or take it out of the file or secret",
      );
  }
  read.forEach((root, i) => {
    const same = read.slice(i + 1).find((other) => other.keySha256 === root.keySha256 || areIndistinct(other, root));
    if (same)
      add(
        "own-root-repeated",
        `${nameOf(root)} and ${nameOf(same)} have one key, or one name without key identifiers`,
        "Keep one of them",
      );
    if (root.sha256 !== active && root.notAfter <= now)
      add("own-root-expired", `${nameOf(root)} ended on ${root.notAfter.toISOString()}`, "Remove it");
  });
  return findings.all;
}

/**
 * Roots that end soon beside their successors. They are no findings, because a change of root that was begun late would
 * then have no way on.
 */
export async function endingRootWarnings(bundle: TrustBundle, now: Date): Promise<readonly Finding[]> {
  const soon = new Date(now.getTime() + rootDefaults.earlyRenewalHours * 3_600_000);
  const warnings = contractRoots(bundle).map(async ({ pem, use }): Promise<Finding[]> => {
    const root = await onlyCertificate(pem);
    if (!root || root.notAfter <= now || root.notAfter > soon || use === "next" || bundle.roots.length === 1) return [];
    return [
      {
        code: "own-root-ends",
        subject: "the mesh's roots",
        problem: `${nameOf(root)}, which is ${use}, ends on ${root.notAfter.toISOString()}, and its successor is there`,
        remedy: "Go on with the change of root until it is removed",
      },
    ];
  });
  return (await Promise.all(warnings)).flat();
}

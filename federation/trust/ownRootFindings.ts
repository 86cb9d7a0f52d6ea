import { Findings, type Finding } from "../errors/userError.ts";
import type { TrustBundle } from "./bundle.ts";
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

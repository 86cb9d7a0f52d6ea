import { X509Certificate } from "node:crypto";
import { UserError, type Finding } from "../errors/userError.ts";
import type { TrustBundle } from "./bundle.ts";
import type { CaMaterial } from "./caMaterial.ts";
import { isSelfSigned } from "./chain.ts";
import { certificatesIn, requestIn, type CertificateFacts } from "./certificate.ts";
import { intermediateFindings } from "./certificateFindings.ts";
import type { CaWish, ChosenCa } from "./chooseCa.ts";

/**
 * The CA in a file that a signer outside of this program wrote: the certificate, those between it and its root, and the
 * roots that the mesh trusts, in the order of the bundle.
 * @returns the findings where it does not fit the mesh
 * @throws UserError `ca-file-invalid` for a file without certificates
 */
export async function chooseSigned(
  wish: CaWish,
  file: string,
  text: string,
): Promise<ChosenCa | { findings: readonly Finding[] }> {
  const all = await certificatesInFile(file, text);
  const roots = eachOnce(all.filter(isSelfSigned));
  const below = all.filter((certificate) => !isSelfSigned(certificate));
  const chain = below.map(({ pem }) => pem);
  const requests = await Promise.all(
    wish.requests.map(async ({ pem }) => ({ pem, keySha256: (await requestIn(pem)).keySha256 })),
  );
  const request = requests.find(({ keySha256 }) => keySha256 === below[0]?.keySha256);
  const findings = await intermediateFindings({
    chainPem: chain.join("\n"),
    rootsPem: roots.map(({ pem }) => pem).join("\n"),
    trustDomain: wish.trustDomain,
    keySha256: request?.keySha256 ?? requests[0]?.keySha256,
    now: wish.now,
    mesh: wish.mesh,
    // Who signs is the owner's own choice, and not every CA can write the constraint.
    requireConstraint: false,
  });
  const active = issuingRoot(chain, roots);
  if (findings.length > 0 || request === undefined || active === undefined) return { findings };
  return {
    bundle: { roots: roots.map(({ pem, sha256 }) => ({ pem, sha256 })), active },
    certificate: chain[0]!,
    requestPem: request.pem,
    chain: chain.join("\n"),
  };
}

/**
 * The roots in a file of PEM certificates; the first is the active one.
 * @throws UserError `ca-file-invalid` for a file without roots
 */
export async function bundleInFile(file: string, text: string): Promise<TrustBundle> {
  const roots = eachOnce((await certificatesInFile(file, text)).filter(isSelfSigned));
  if (roots.length === 0) throw invalid(file, "it has no root certificate");
  return { roots: roots.map(({ pem, sha256 }) => ({ pem, sha256 })), active: roots[0]!.sha256 };
}

/**
 * The roots in a file as {@link chooseSigned} takes it, and the CA's certificate, where the mesh's key is not known.
 * @throws UserError `ca-file-invalid` for a file without a root or without a certificate below it
 */
export async function signedBundleInFile(
  file: string,
  text: string,
): Promise<{ bundle: TrustBundle; certificate: string }> {
  const all = await certificatesInFile(file, text);
  const roots = eachOnce(all.filter(isSelfSigned));
  const chain = all.filter((certificate) => !isSelfSigned(certificate)).map(({ pem }) => pem);
  const active = issuingRoot(chain, roots);
  if (active === undefined) throw invalid(file, "none of its roots has issued its first certificate");
  return { bundle: { roots: roots.map(({ pem, sha256 }) => ({ pem, sha256 })), active }, certificate: chain[0]! };
}

/** The bundle of CA material that has been checked. */
export async function materialBundle({ caCert, certChain, rootCert }: CaMaterial): Promise<TrustBundle> {
  const roots = eachOnce(await certificatesIn(rootCert));
  const chain = (await certificatesIn(`${caCert}\n${certChain}`)).map(({ pem }) => pem);
  const active = issuingRoot(chain, roots) ?? roots[0]!.sha256;
  return { roots: roots.map(({ pem, sha256 }) => ({ pem, sha256 })), active };
}

/** A bundle may list a root twice, so that proxies renew their leaves; this program does that by itself. */
function eachOnce(roots: readonly CertificateFacts[]): CertificateFacts[] {
  return [...new Map(roots.map((root) => [root.sha256, root])).values()];
}

/** SHA-256 of the root under which a chain was issued, by its signatures; undefined where there is none. */
function issuingRoot(chain: readonly string[], roots: readonly CertificateFacts[]): string | undefined {
  const left = chain.map((pem) => new X509Certificate(pem));
  for (let current = left.shift(); current !== undefined;) {
    const issued = current;
    const signer = (pem: string): boolean => issued.verify(new X509Certificate(pem).publicKey);
    const root = roots.find(({ pem }) => signer(pem));
    if (root) return root.sha256;
    const next = left.findIndex((above) => issued.raw.compare(above.raw) !== 0 && issued.verify(above.publicKey));
    current = next < 0 ? undefined : left.splice(next, 1)[0];
  }
  return undefined;
}

async function certificatesInFile(file: string, text: string): Promise<CertificateFacts[]> {
  try {
    return await certificatesIn(text);
  } catch (error) {
    throw invalid(file, (error as Error).message);
  }
}

function invalid(file: string, problem: string): UserError {
  return new UserError("ca-file-invalid", {
    subject: file,
    problem,
    remedy: "Give a file of PEM certificates: the CA's, those between it and its root, and the roots",
  });
}

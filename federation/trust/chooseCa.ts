import { UserError, type Finding } from "../errors/userError.ts";
import { rootsInPhase, type RotationPhase, type TrustBundle } from "./bundle.ts";
import { rootFingerprints } from "./caMaterial.ts";
import { PemError, certificatesIn, requestIn, type CertificateFacts } from "./certificate.ts";
import { intermediateFindings } from "./certificateFindings.ts";

/** A root as its maker offers it. */
export interface NumberedRoot {
  number: number;
  pem: string;
}

/** A mesh's certificate request, as its stack publishes it. */
export interface NumberedRequest {
  /** Number of its key. */
  key: number;
  pem: string;
}

/** What a signer offers a mesh. */
export interface CaOffer {
  roots: readonly NumberedRoot[];
  /** Certificates of the mesh's requests, PEM; under several roots while these change. */
  certificates: readonly string[];
}

/** The roots that a mesh wants. */
export interface WantedRoots {
  root: number;
  rotation?: { next: number; phase: NonNullable<RotationPhase> } | undefined;
}

/** The CA of a mesh: what it trusts, and the certificate that it signs with. */
export interface ChosenCa {
  bundle: TrustBundle;
  certificate: string;
  /** The request that it answers. */
  requestPem: string;
  /** What Istio sends after a leaf: the certificate, and those between it and a root. */
  chain: string;
}

/**
 * The bundle that a mesh wants, of the roots that are offered.
 * @throws UserError `root-not-offered`
 */
export function offeredBundle(mesh: string, { root, rotation }: WantedRoots, roots: readonly NumberedRoot[]) {
  const wanted = rootsInPhase(root, rotation?.next, rotation?.phase);
  const pemOf = (number: number): string => {
    const found = roots.find((offered) => offered.number === number);
    if (found) return found.pem;
    throw new UserError("root-not-offered", {
      subject: `mesh "${mesh}"`,
      problem: `root ${number} does not exist; there are: ${roots.map((r) => r.number).join(", ") || "none"}`,
      remedy: "Correct ca.root or rotation.next, or add the number to root.generations of the trust stack",
    });
  };
  const found = wanted.numbers.map((number) => {
    const pem = pemOf(number);
    return { number, pem, sha256: rootFingerprints(pem)[0] ?? `root ${number}` };
  });
  const active = found.find(({ number }) => number === wanted.active)!.sha256;
  return { roots: found.map(({ pem, sha256 }) => ({ pem, sha256 })), active };
}

/** What decides which of the offered certificates a mesh takes. */
export interface CaWish extends WantedRoots {
  mesh: string;
  trustDomain: string;
  /** Its requests, the newest key first. */
  requests: readonly NumberedRequest[];
  now: Date;
}

/**
 * The certificate that fits: of the newest of the mesh's keys that has one, under the active root, for the mesh's trust
 * domain, and valid. What is offered is input: another signer, or another mesh's certificate, never gets installed.
 * @returns the findings about the best certificate where none fits
 * @throws UserError `root-not-offered`
 */
export async function chooseCa(wish: CaWish, offer: CaOffer): Promise<ChosenCa | { findings: readonly Finding[] }> {
  const { mesh, trustDomain, now } = wish;
  const bundle = offeredBundle(mesh, wish, offer.roots);
  const rootsPem = bundle.roots.find(({ sha256 }) => sha256 === bundle.active)!.pem;
  const offered = await Promise.all(offer.certificates.map((pem) => certificateIn(pem, mesh)));
  let best: readonly Finding[] = [];
  for (const request of wish.requests) {
    const keySha256 = (await requestIn(request.pem)).keySha256;
    for (const certificate of offered) {
      if ("code" in certificate || certificate.keySha256 !== keySha256) continue;
      const { pem } = certificate;
      const about = { trustDomain, keySha256, now, mesh, requireConstraint: true };
      const wrong = await intermediateFindings({ chainPem: pem, rootsPem, ...about });
      if (wrong.length === 0) return { bundle, certificate: pem, requestPem: request.pem, chain: pem };
      if (best.length === 0 || (isOfOtherRoot(best) && !isOfOtherRoot(wrong))) best = wrong;
    }
  }
  return { findings: best.length > 0 ? best : offered.flatMap((one) => ("code" in one ? [one] : [])).slice(0, 1) };
}

/** The one certificate in an offered text, or why it is none. */
async function certificateIn(pem: string, mesh: string): Promise<CertificateFacts | Finding> {
  let problem = "it must be one certificate in PEM";
  try {
    const [found, ...more] = await certificatesIn(pem);
    if (found && more.length === 0) return found;
  } catch (error) {
    if (!(error instanceof PemError)) throw error;
    problem = error.message;
  }
  const remedy = "Ask the owner of the root to sign the mesh's request again";
  return { code: "ca-certificate-malformed", subject: `CA certificate of mesh "${mesh}"`, problem, remedy };
}

/** While roots change, a signer offers a certificate under each of them. */
function isOfOtherRoot(findings: readonly Finding[]): boolean {
  return findings.some(({ code }) => code === "ca-certificate-issuer-unknown");
}

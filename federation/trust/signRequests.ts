import { signIntermediate, SigningError } from "./constrainedCa.ts";
import { validityWindow, type ValidityWindow } from "./renewal.ts";

/** Certificate requests of a mesh. */
export interface MeshRequests {
  /** The only trust domain whose identities its CA can issue, as the signer's own configuration states it. */
  trustDomain: string;
  /** PEM, one for each of its keys. */
  requests: string[];
}

/** A root that signs. */
export interface Issuer {
  certPem: string;
  /** Secret. */
  keyPem: string;
  /** Start and end of its validity, RFC 3339. */
  since: string;
  until: string;
}

/** Lives of intermediates, in hours. */
export interface IntermediateValidity {
  validityHours: number;
  earlyRenewalHours: number;
}

/** What a signer tells people, by mesh. */
export interface SigningNotes {
  /** Called for each request that cannot be signed, which gets no certificate. */
  onRefused?: (mesh: string, reason: string) => void;
  /** Called for each certificate, with its dates. */
  onSigned?: (mesh: string, window: ValidityWindow) => void;
}

/**
 * Signs every request under every root, by mesh name. The same inputs give the same bytes until an intermediate is due
 * for renewal: validities are whole windows from the start of the root, so that previews show no change in between.
 */
export async function signRequests(
  meshes: Readonly<Record<string, MeshRequests>>,
  issuers: readonly Issuer[],
  validity: IntermediateValidity,
  now: Date,
  { onRefused, onSigned }: SigningNotes = {},
): Promise<Record<string, string[]>> {
  const sign = (mesh: string, requestPem: string, trustDomain: string) =>
    Promise.all(
      issuers.map(async ({ certPem, keyPem, since, until }) => {
        const window = validityWindow({ start: new Date(since), end: new Date(until), ...validity }, now);
        const { notBefore, notAfter } = window;
        const issuer = { certPem, keyPem };
        const certificate = await signIntermediate({ requestPem, issuer, trustDomain, notBefore, notAfter });
        onSigned?.(mesh, window);
        return certificate;
      }),
    );
  const signed: Record<string, string[]> = {};
  for (const [mesh, { trustDomain, requests }] of Object.entries(meshes)) {
    signed[mesh] = [];
    for (const request of requests)
      try {
        signed[mesh].push(...(await sign(mesh, request, trustDomain)));
      } catch (error) {
        if (!(error instanceof SigningError)) throw error;
        onRefused?.(mesh, error.message);
      }
  }
  return signed;
}

import { z } from "zod";
import type { NumberedRequest, NumberedRoot } from "../trust/chooseCa.ts";

/*
 * Stack outputs besides the contract by which a mesh gets its CA: plain values, never a secret. They are input too: a
 * mesh and the owner of a root may be strangers.
 */

/** Name of the output with a mesh's certificate requests. */
export const requestsOutput = "certificateRequests";
/** Name of the output with a signer's roots, by number. */
export const rootsOutput = "roots";
/** Name of the output with the certificates that a trust stack has signed, by mesh. */
export const certificatesOutput = "certificates";
/** Name of the output of a mesh that waits for its certificate. */
export const pendingCertificateOutput = "pendingCertificate";

/** How many certificate requests a mesh publishes at most, each of another key. */
export const maxRequests = 4;

const number = z.int().min(1).max(1000);
const pem = z.string().max(16_384);
const requests = z.array(z.object({ key: number, pem })).max(maxRequests);
const roots = z.array(z.object({ number, pem })).max(4);
const certificates = z.record(z.string().max(63), z.array(pem).max(16));

type Outputs = Readonly<Record<string, unknown>>;

/** The certificate requests of a mesh, newest key first; none where the output is absent or not valid. */
export function numberedRequests(outputs: Outputs): NumberedRequest[] {
  const parsed = requests.safeParse(outputs[requestsOutput]);
  return parsed.success ? parsed.data.sort((a, b) => b.key - a.key) : [];
}

/** The roots that a stack makes; none where the output is absent or not valid. */
export function numberedRoots(outputs: Outputs): NumberedRoot[] {
  return roots.safeParse(outputs[rootsOutput]).data ?? [];
}

/** The certificates that a trust stack has signed for a mesh; none where the output is absent or not valid. */
export function certificatesFor(outputs: Outputs, mesh: string): string[] {
  return certificates.safeParse(outputs[certificatesOutput]).data?.[mesh] ?? [];
}

import { z } from "zod";
import { singleCertificate } from "../trust/caMaterial.ts";
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
const request = z.object({ key: number, pem });
const root = z.object({ number, pem });
const byMesh = z.record(z.string(), z.unknown());

/** Most roots, and most certificates of a mesh, that are taken. */
const [maxRoots, maxCertificates] = [4, 16];

type Outputs = Readonly<Record<string, unknown>>;

/** The certificate requests of a mesh, newest key first. Entries that are not valid are left out. */
export function numberedRequests(outputs: Outputs): NumberedRequest[] {
  const found = validOf(request, outputs[requestsOutput]).sort((a, b) => b.key - a.key);
  return found.slice(0, maxRequests);
}

/**
 * The roots that a stack makes, each in canonical PEM. Entries that are not one certificate are left out. So is what
 * stands around one: a mesh would install and publish it with the root.
 */
export function numberedRoots(outputs: Outputs): NumberedRoot[] {
  const found = validOf(root, outputs[rootsOutput]).flatMap((entry) => {
    const canonical = singleCertificate(entry.pem);
    return canonical === undefined ? [] : [{ number: entry.number, pem: canonical }];
  });
  return found.slice(0, maxRoots);
}

/** The certificates that a trust stack has signed for a mesh. What it has for other meshes does not matter. */
export function certificatesFor(outputs: Outputs, mesh: string): string[] {
  const all = byMesh.safeParse(outputs[certificatesOutput]).data;
  return all && Object.hasOwn(all, mesh) ? validOf(pem, all[mesh]).slice(0, maxCertificates) : [];
}

/** The entries of a list that fit a schema; none where it is no list. Of a longer list only the first are looked at. */
function validOf<T>(schema: z.ZodType<T>, list: unknown): T[] {
  const entries = Array.isArray(list) ? list.slice(0, 64) : [];
  return entries.flatMap((entry) => {
    const parsed = schema.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

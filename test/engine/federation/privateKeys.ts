import { createPrivateKey } from "node:crypto";

/** A private key, by a part that every encoding of it holds. */
export interface FoundKey {
  /** Name of the resource that made it. */
  resource: string;
  /** A prime factor. */
  prime: Buffer;
}

interface State {
  deployment: { resources: { urn: string; type: string; outputs?: { privateKeyPem?: { plaintext: string } } }[] };
}

/** The keys that a stack has made, of its export with secrets. */
export function keysMadeIn(exported: string): FoundKey[] {
  return (JSON.parse(exported) as State).deployment.resources
    .filter(({ type }) => type === "tls:index/privateKey:PrivateKey")
    .map(({ urn, outputs }) => {
      const { p } = createPrivateKey(JSON.parse(outputs!.privateKeyPem!.plaintext)).export({ format: "jwk" });
      return { resource: urn.split("::").at(-1)!, prime: Buffer.from(p!, "base64url") };
    });
}

/**
 * Whether a text holds a key: in PEM of any kind, in DER, in another base64 around these, as a value or as JSON within
 * JSON.
 */
export function holdsKey(text: string, { prime }: FoundKey): boolean {
  return blobsIn(text, 3).some((blob) => blob.includes(prime));
}

/** What the base64 in a text stands for, and the base64 in that. */
function blobsIn(text: string, depth: number): Buffer[] {
  if (depth === 0) return [];
  // Line breaks of PEM, as they are or escaped any number of times.
  const joined = text.replace(/\\+[nr]|[\r\n]/g, "");
  return (joined.match(/[A-Za-z0-9+/]{80,}/g) ?? []).flatMap((base64) => {
    const blob = Buffer.from(base64, "base64");
    return [blob, ...blobsIn(blob.toString("latin1"), depth - 1)];
  });
}

import type { Certificate } from "@peculiar/asn1-x509";
import type { KeyObject, X509Certificate } from "node:crypto";
import type { Asn1, ExtensionSet } from "./asn1.ts";

/**
 * What istiod (Go) and Envoy (BoringSSL) refuse in the certificate of a CA, although other tools take it.
 * https://pkg.go.dev/crypto/x509#Certificate.Verify
 */
export interface VerifierLimits {
  /** Extended key usages, as object identifiers; undefined for all usages. */
  usages: string[] | undefined;
  /** Critical extensions that Go does not know, and so refuses, as object identifiers. */
  unknownCritical: string[];
  /** Certificates below it that need no policy; undefined where none needs one. Workloads' certificates have none. */
  withoutPolicy: number | undefined;
  /** Go reads no such certificate. */
  negativeSerial: boolean;
  /** The hash of its signature, where Go verifies none with it. */
  weakHash: "MD5" | "SHA-1" | undefined;
  /** The kind of its key, where Go does not know it. */
  unknownKey: string | undefined;
}

/** Extensions that Go takes as critical. https://github.com/golang/go/blob/go1.26.0/src/crypto/x509/parser.go */
const criticalExtensions = new Set([15, 17, 19, 30, 31, 32, 33, 36, 37, 54].map((id) => `2.5.29.${id}`));

const weakHashes: Record<string, "MD5" | "SHA-1"> = {
  "1.2.840.113549.1.1.4": "MD5",
  "1.2.840.113549.1.1.5": "SHA-1",
  "1.3.14.3.2.29": "SHA-1",
  "1.2.840.10045.4.1": "SHA-1",
};

/** DER tag of an object identifier, as which a curve must be named. https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1 */
const objectIdentifier = 0x06;

/** Node's names of the curves of Go. */
const curves = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];

/** Fewest bits of an RSA key with which Go signs. https://pkg.go.dev/crypto/rsa#hdr-Minimum_key_size */
const fewestBits = 1024;

export function verifierLimits(
  { x509 }: Pick<Asn1, "x509">,
  { tbsCertificate: tbs, signatureAlgorithm }: Certificate,
  extensions: ExtensionSet,
  node: X509Certificate,
): VerifierLimits {
  const critical = (tbs.extensions ?? []).filter((extension) => extension.critical).map(({ extnID }) => extnID);
  const names = extensions.read(x509.id_ce_nameConstraints, x509.NameConstraints);
  const subtrees = [...(names?.permittedSubtrees ?? []), ...(names?.excludedSubtrees ?? [])];
  // Of kinds of names, Go knows these four.
  const othersConstrained = subtrees.some(
    ({ base }) => (base.dNSName ?? base.rfc822Name ?? base.iPAddress ?? base.uniformResourceIdentifier) === undefined,
  );
  const policy = extensions.read(x509.id_ce_policyConstraints, x509.PolicyConstraints)?.requireExplicitPolicy;
  const usages = extensions.read(x509.id_ce_extKeyUsage, x509.ExtendedKeyUsage);
  return {
    usages: usages && [...usages],
    unknownCritical: critical.filter(
      (id) => !criticalExtensions.has(id) || (id === x509.id_ce_nameConstraints && othersConstrained),
    ),
    withoutPolicy: policy === undefined ? undefined : Number(new Uint8Array(policy).at(-1) ?? 0),
    negativeSerial: node.serialNumber.startsWith("-"),
    weakHash: weakHashes[signatureAlgorithm.algorithm],
    unknownKey: unknownKey(node.publicKey, tbs.subjectPublicKeyInfo.algorithm.parameters),
  };
}

function unknownKey(
  { asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject,
  parameters?: ArrayBuffer | null,
) {
  const bits = details?.modulusLength ?? 0;
  if (type === "ed25519") return undefined;
  if (type === "rsa") return bits < fewestBits ? `RSA of ${bits} bits` : undefined;
  if (type !== "ec") return type ?? "unknown";
  const curve = details?.namedCurve ?? "unknown";
  if (new Uint8Array(parameters ?? new ArrayBuffer(0))[0] !== objectIdentifier) return "EC with parameters of its own";
  return curves.includes(curve) ? undefined : `EC on curve ${curve}`;
}

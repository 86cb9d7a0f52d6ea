import { createPublicKey } from "node:crypto";
import { asn1 } from "./asn1.ts";
import type { CertificateFacts } from "./certificate.ts";

/**
 * Why not every verifier can read a root, as Envoy (BoringSSL), istiod (Go) and this program do; empty when all can.
 * istiod takes no anchor at all while it cannot read one of them.
 * https://cs.opensource.google/go/go/+/refs/tags/go1.25.0:src/crypto/x509/parser.go
 */
export async function unreadableParts(facts: CertificateFacts, now: Date): Promise<string[]> {
  const { notBefore, notAfter } = facts;
  return [
    keyProblem(facts),
    await nameProblem(facts),
    notBefore >= notAfter ? "its dates are in the wrong order" : undefined,
    notBefore > now ? `it begins on ${notBefore.toISOString()}` : undefined,
  ].filter((problem) => problem !== undefined);
}

const curves = ["prime256v1", "secp384r1", "secp521r1"];

function keyProblem({ publicKeyDer }: CertificateFacts): string | undefined {
  const key = createPublicKey({ key: Buffer.from(publicKeyDer, "hex"), format: "der", type: "spki" });
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const bits = details?.modulusLength ?? 0;
  if (type === "rsa" && bits >= 2048 && bits <= 8192) return undefined;
  if (type === "ec" && curves.includes(details?.namedCurve ?? "")) return undefined;
  return "its key is neither RSA with 2048 to 8192 bits nor EC P-256, P-384 or P-521";
}

/** The characters of PrintableString, and the two that Go accepts besides. */
const printableString = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/;

async function nameProblem({ subjectDer }: CertificateFacts): Promise<string | undefined> {
  const { schema, x509 } = await asn1();
  const name = schema.AsnConvert.parse(Buffer.from(subjectDer, "hex"), x509.Name);
  const isReadable = [...name].every((part) =>
    [...part].every(
      ({ value }) =>
        value.utf8String !== undefined ||
        value.ia5String !== undefined ||
        (value.printableString !== undefined && printableString.test(value.printableString)),
    ),
  );
  return isReadable ? undefined : "its subject has a text that is neither UTF8String, IA5String nor PrintableString";
}

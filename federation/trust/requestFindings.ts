import type { KeyObject } from "node:crypto";
import { Findings, inline, type Finding } from "../errors/userError.ts";
import { PemError } from "./pem.ts";
import { requestIn, type RequestFacts } from "./request.ts";

/** Why a mesh's certificate request (PKCS #10, PEM) must not be signed; empty when it can be. */
export async function requestFindings(requestPem: string, mesh: string): Promise<readonly Finding[]> {
  const subject = `CA request of mesh "${mesh}"`;
  const remedy = `Create it again with \`pulumi up\` of mesh "${mesh}"`;
  let request: RequestFacts;
  try {
    request = await requestIn(requestPem);
  } catch (error) {
    if (!(error instanceof PemError)) throw error;
    return [{ code: "ca-request-malformed", subject, problem: error.message, remedy }];
  }
  const findings = new Findings();
  const add = (code: Finding["code"], problem: string) => findings.add(code, { subject, problem, remedy });
  if (!request.signatureValid)
    add("ca-request-unsigned", "its signature is not valid, so its key may belong to another party");
  const weakness = weaknessOf(request.key);
  if (weakness) add("ca-request-key-weak", weakness);
  const names = [...request.dnsNames, ...request.uris];
  if (names.length > 0)
    add("ca-request-names", `it asks for names (${inline(names[0]!.slice(0, 100))}); a CA issues names and has none`);
  const other = request.localities.find((locality) => locality !== mesh);
  if (other !== undefined)
    add("ca-request-of-other-mesh", `its subject names mesh "${inline(other.slice(0, 63))}" (locality, L)`);
  if (request.subjectDer === emptyName) add("ca-request-malformed", "its subject is empty, and a CA needs one");
  return findings.all;
}

/** An empty sequence. */
const emptyName = "3000";

/** https://www.rfc-editor.org/rfc/rfc8446#section-9.1; istiod reads keys for RSA, P-256 and P-384. */
function weaknessOf(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const is = { rsa: `RSA with ${details?.modulusLength} bits`, ec: `EC ${details?.namedCurve}` }[type as "rsa" | "ec"];
  const strong =
    (type === "rsa" && (details?.modulusLength ?? 0) >= 2048) ||
    (type === "ec" && ["prime256v1", "secp384r1"].includes(details?.namedCurve ?? ""));
  return strong ? undefined : `its key is ${is ?? type}; it must be RSA with 2048 bits or more, or EC P-256 or P-384`;
}

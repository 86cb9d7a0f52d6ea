import { X509Certificate, createPrivateKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { Findings, UserError, type FindingText } from "../errors/userError.ts";
import { keyFingerprint } from "./asn1.ts";
import { caFindings } from "./caFindings.ts";
import { PemError, certificatesIn, type CertificateFacts } from "./certificate.ts";
import { constraintProblems } from "./constraints.ts";
import { pemBlocks, pemOf } from "./pem.ts";

const material = z.strictObject({ caCert: z.string(), caKey: z.string(), certChain: z.string(), rootCert: z.string() });

/**
 * A mesh's CA for Istio: PEM texts. `certChain` has `caCert` and the CAs between it and a root. `rootCert` has all
 * roots that the mesh accepts; it has several while they change.
 */
export type CaMaterial = z.infer<typeof material>;

const subject = "caMaterial";
const remedy = "Set it with `pulumi config set --secret` to JSON {caCert, caKey, certChain, rootCert} of PEM texts";

/**
 * Reads and checks CA material in JSON. Errors repeat nothing of it but names and dates.
 *
 * @param trustDomain of the mesh, whose identities the CA must be able to issue
 * @returns the material in canonical PEM, without text and other blocks around. istiod takes the first block of a key
 *   for the key, which `openssl ecparam` writes as EC PARAMETERS. `caCert` is the CA's certificate alone; what stands
 *   behind it must be in the chain or in the bundle anyway.
 * @throws UserError `ca-material-invalid` when a field is missing or malformed, or with a detail for each reason why
 *   istiod, or its workloads, would refuse the CA
 */
export async function parseCaMaterial(json: string, now: Date, trustDomain: string): Promise<CaMaterial> {
  const given = readJson(json);
  const [caCerts, chain, roots] = [
    await certificates("caCert", given.caCert),
    await certificates("certChain", given.certChain),
    await certificates("rootCert", given.rootCert),
  ];
  const [ca, ...more] = caCerts;
  const elsewhere = new Set([...chain, ...roots].map(({ sha256 }) => sha256));
  if (!ca || more.some(({ sha256 }) => sha256 === ca.sha256 || !elsewhere.has(sha256)))
    throw invalid(`caCert has ${caCerts.length} certificates; it must be the CA's alone`);
  if (roots.length === 0) throw invalid("rootCert has no certificate in PEM");
  const key = privateKey(given.caKey);
  const findings = new Findings();
  if (keyFingerprint(key.object) !== ca.keySha256)
    findings.add("ca-certificate-key-differs", text("caKey is not the key of caCert"));
  // Workloads have the certificate of a root, so that nothing must be sent with theirs.
  if (chain.length === 0 && roots.some(({ sha256 }) => sha256 === ca.sha256)) chain.push(ca);
  if (!chain.some(({ sha256 }) => sha256 === ca.sha256))
    findings.add("ca-certificate-issuer-unknown", text("certChain does not contain caCert"));
  for (const problem of constraintProblems(ca, trustDomain))
    findings.add("ca-certificate-constraint-differs", text(problem));
  findings.addAll(caFindings({ ca, pool: chain, roots, trustDomain, now, marginHours: 0, subject, remedy }));
  findings.throwIfAny("ca-material-invalid", text("istiod or its workloads would refuse it"));
  const joined = (all: CertificateFacts[]) => all.map(({ pem }) => pem).join("");
  return { caCert: ca.pem, caKey: key.pem, certChain: joined(chain), rootCert: joined(roots) };
}

function readJson(json: string): CaMaterial {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw invalid("it is not JSON");
  }
  const fields = typeof value === "object" && value !== null ? value : {};
  const texts = Object.values(fields).filter((field) => typeof field === "string");
  if ("crl" in fields || texts.some((field) => field.includes("-----BEGIN X509 CRL-----")))
    throw new UserError("ca-material-crl", withoutCrl);
  const parsed = material.safeParse(value);
  if (!parsed.success)
    throw invalid(parsed.error.issues.map((i) => `${i.path.join(".") || "value"}: ${i.message}`).join("; "));
  return parsed.data;
}

const withoutCrl: FindingText = {
  subject,
  problem:
    "it has a revocation list; with one, Envoy demands a current list of every CA of every chain, peers' too, " +
    "and refuses all connections otherwise",
  remedy: "Remove the list; to cut off a CA, replace it, and remove its root",
};

/** Forms of private keys that are not encrypted, by their labels. istiod reads no other form under a label. */
const keyForms = { "PRIVATE KEY": "pkcs8", "RSA PRIVATE KEY": "pkcs1", "EC PRIVATE KEY": "sec1" } as const;

function privateKey(given: string): { object: KeyObject; pem: string } {
  const keys = Object.entries(keyForms).flatMap(([label, type]) =>
    readable("caKey", () => pemBlocks(given, label).map((der) => ({ label, der, type }))),
  );
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0)
    throw invalid(`caKey has ${keys.length} private keys in PEM that are not encrypted; it must be one`);
  return readable("caKey", () => {
    const object = createPrivateKey({ key: key.der, format: "der", type: key.type });
    // OpenSSL reads any form under any label.
    return { object, pem: pemOf(key.label, object.export({ format: "der", type: key.type })) };
  });
}

async function certificates(field: keyof CaMaterial, pem: string): Promise<CertificateFacts[]> {
  try {
    return await certificatesIn(pem);
  } catch (error) {
    throw error instanceof PemError ? invalid(`${field}: ${error.message}`) : error;
  }
}

/** Errors of the libraries could repeat a key. */
function readable<T>(field: keyof CaMaterial, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalid(error instanceof PemError ? `${field}: ${error.message}` : `${field} cannot be read`);
  }
}

function text(problem: string): FindingText {
  return { subject, problem, remedy };
}

function invalid(problem: string): UserError {
  return new UserError("ca-material-invalid", text(problem));
}

/** SHA-256 of each certificate in a PEM text, lower-case hexadecimal. Blocks that are not certificates are skipped. */
export function rootFingerprints(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).fingerprint256.replaceAll(":", "").toLowerCase()];
    } catch {
      return [];
    }
  });
}

/**
 * The one certificate in a PEM text, alone and in canonical PEM; undefined where there is none, or more than one. Text
 * around it and blocks of other labels are left out.
 */
export function singleCertificate(pem: string): string | undefined {
  try {
    const [der, ...more] = pemBlocks(pem, "CERTIFICATE");
    // OpenSSL skips what follows a certificate in its block.
    const isOne = der !== undefined && more.length === 0 && new X509Certificate(der).raw.equals(der);
    return isOne ? pemOf("CERTIFICATE", der) : undefined;
  } catch {
    return undefined;
  }
}

/** A block labelled CERTIFICATE with nothing but white space around it. */
export const certificateBlock = /^[ \t\r\n]*-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----[ \t\r\n]*$/;

/** Whether a PEM text is one certificate, with nothing but white space around it. */
export function isSingleCertificate(pem: string): boolean {
  // The text itself must be readable too, because not every reader writes it anew.
  return certificateBlock.test(pem) && singleCertificate(pem) !== undefined && rootFingerprints(pem).length === 1;
}

import type { CertificateFacts } from "../../federation/trust/certificate.ts";
import type { RequestFacts } from "../../federation/trust/request.ts";
import { listChange } from "../changes/words.ts";

/** What PEM texts say. */
export interface Certificates {
  /** The certificates in a text; undefined for a text that cannot be read. */
  of(pem: string): CertificateFacts[] | undefined;
  /** The certificate request in a text; undefined where there is none that can be read. */
  requestIn(pem: string): RequestFacts | undefined;
}

/** Reads PEM texts. The library is loaded only where there are some: most changes have none. */
export async function readCertificates(texts: {
  certificates: Iterable<string>;
  requests: Iterable<string>;
}): Promise<Certificates> {
  const [certificates, requests] = [new Set(texts.certificates), new Set(texts.requests)];
  if (certificates.size + requests.size === 0) return { of: () => undefined, requestIn: () => undefined };
  const { certificatesIn, requestIn, PemError } = await import("../../federation/trust/certificate.ts");
  const read = async <T>(
    pems: Set<string>,
    parse: (pem: string) => Promise<T>,
  ): Promise<Map<string, T | undefined>> => {
    const found = new Map<string, T | undefined>();
    for (const pem of pems)
      found.set(
        pem,
        await parse(pem).catch((error: unknown) => {
          if (error instanceof PemError) return undefined;
          throw error;
        }),
      );
    return found;
  };
  const [facts, asked] = [await read(certificates, certificatesIn), await read(requests, requestIn)];
  return { of: (pem) => facts.get(pem), requestIn: (pem) => asked.get(pem) };
}

/** More names than this are counted: the certificate is a stranger's. */
const shownDomains = 5;

/**
 * A certificate in words: SHA-256, what it may issue, its end, and last its subject, which its owner chooses:
 * `SHA-256 9d1c..., CA for west.example only, until 2036-11-01, subject "CN=Root CA"`.
 */
export function certificateText(certificate: CertificateFacts): string {
  const { sha256, notAfter, subject } = certificate;
  return (
    `SHA-256 ${sha256}, ${issues(certificate)}, until ${notAfter.toISOString().slice(0, 10)}, ` +
    `subject ${JSON.stringify(subject)}`
  );
}

function issues({ isCa, permittedUris }: CertificateFacts): string {
  if (!isCa) return "no CA";
  if (permittedUris.length === 0) return "CA for every trust domain";
  const more = permittedUris.length - shownDomains;
  const shown = permittedUris.slice(0, shownDomains).map(domainText);
  return `CA for ${[...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ")} only`;
}

/** A domain as it is; anything else quoted, so that it cannot be taken for more of the line. */
function domainText(domain: string): string {
  return /^[.a-z0-9-]{1,253}$/.test(domain) ? domain : JSON.stringify(domain.slice(0, 253));
}

/** The certificates of two PEM texts that differ, in words; undefined where the texts are equal. */
export function certificateChange(before: string, after: string, certificates: Certificates): string | undefined {
  if (before === after) return undefined;
  const [old, now] = [certificates.of(before), certificates.of(after)];
  if (after !== "" && (now === undefined || now.length === 0)) return "it has no certificate that can be read";
  const texts = (found: CertificateFacts[] | undefined): string[] => (found ?? []).map(certificateText);
  return (
    listChange(texts(old), texts(now)) ??
    (texts(old).join("\n") === texts(now).join("\n") ? "written differently" : "certificates in another order")
  );
}

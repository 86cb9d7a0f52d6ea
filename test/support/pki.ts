import { webcrypto } from "node:crypto";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { GeneralName, GeneralSubtree, GeneralSubtrees, Name, NameConstraints } from "@peculiar/asn1-x509";
import { AsnConvert } from "@peculiar/asn1-schema";
import { algorithm, keyOf, publicKey, signingKey, type KeyKind } from "./pkiKeys.ts";

export { derOf, keyOf, type KeyKind } from "./pkiKeys.ts";

/*
 * Certificates with real keys. The library is not the one that signs in the program, except for name constraints, which
 * it does not have.
 */

const hour = 3_600_000;
const year = 365 * 24 * hour;

/** Certificate and key, PEM. The key is PKCS #1 for RSA and SEC 1 for ECDSA, as `tls.PrivateKey` has it. */
export interface Authority {
  certPem: string;
  keyPem: string;
}

/** A certificate with its key and, for a TLS server or client, its chain: the certificate, its CA, and CAs above. */
export interface Leaf extends Authority {
  chainPem: string;
}

interface Dates {
  /** Default: an hour ago. */
  notBefore?: Date;
  /** Default: in ten years. */
  notAfter?: Date;
}

export interface RootOptions extends Dates {
  /** Default: `rsa`. */
  kind?: KeyKind;
  /** Name of the key in {@link keyOf}. Default: the root's name. */
  keyName?: string;
  /** Another key, PEM. */
  keyPem?: string;
  /** Distinguished name. Default: `CN=<name>`. */
  subject?: string;
  /** Default: true. */
  isCa?: boolean;
  /** Whether it has a subject key identifier. Default: true. */
  subjectKeyId?: boolean;
  /** Another subject key identifier than the key's, hexadecimal. */
  keyId?: string;
  permittedUris?: string[];
}

/** A self-signed root. */
export async function makeRoot(name: string, options: RootOptions = {}): Promise<Authority> {
  const keyPem = options.keyPem ?? keyOf(options.keyName ?? name, options.kind);
  const subject = options.subject ?? `CN=${name}`;
  const { isCa = true, subjectKeyId = true } = options;
  const certPem = await certificate({ ...options, subject, issuer: subject, keyPem, signer: keyPem }, [
    new x509.BasicConstraintsExtension(isCa, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ...(subjectKeyId ? [await keyIdentifier(keyPem, options.keyId)] : []),
    ...constraint(options.permittedUris),
  ]);
  return { certPem, keyPem };
}

export interface RequestOptions {
  /** Locality. */
  mesh?: string;
  /** Distinguished name. Default: that of an intermediate with `mesh` as its locality. */
  subject?: string;
  kind?: KeyKind;
  dnsNames?: string[];
  uris?: string[];
}

/** A certificate request (PKCS #10) of the key of a name. */
export async function makeRequest(
  name: string,
  { mesh = name, subject = `L=${mesh}, O=mesh-federation, CN=Intermediate CA`, kind, ...names }: RequestOptions = {},
): Promise<{ requestPem: string; keyPem: string }> {
  const keyPem = keyOf(name, kind);
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: subject,
      keys: { privateKey: await signingKey(keyPem), publicKey: await publicKey(keyPem) },
      signingAlgorithm: algorithm(keyPem),
      extensions: alternativeNames(names),
    },
    webcrypto as Crypto,
  );
  return { requestPem: `${request.toString("pem")}\n`, keyPem };
}

export interface SubCaOptions extends Dates {
  ca: Authority;
  /** Its common name and the name of its key. */
  name: string;
  kind?: KeyKind;
  pathLength?: number;
  permittedUris?: string[];
  dnsNames?: string[];
  /** Whether its authority key identifier is issuer and serial number. Default: false. */
  authoritySerial?: boolean;
}

/** A CA below another. */
export async function makeSubCa({ ca, name, kind = "ec", ...options }: SubCaOptions): Promise<Authority> {
  const keyPem = keyOf(name, kind);
  const issuer = new x509.X509Certificate(ca.certPem);
  const certPem = await certificate(
    { subject: `CN=${name}`, issuer: issuer.subjectName, keyPem, signer: ca.keyPem, ...options },
    [
      new x509.BasicConstraintsExtension(true, options.pathLength, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await keyIdentifier(keyPem),
      ...(options.authoritySerial
        ? [
            new x509.AuthorityKeyIdentifierExtension({
              name: [new GeneralName({ directoryName: AsnConvert.parse(issuer.issuerName.toArrayBuffer(), Name) })],
              serialNumber: issuer.serialNumber,
            }),
          ]
        : authorityKeyId(issuer)),
      ...constraint(options.permittedUris),
      ...alternativeNames(options),
    ],
  );
  return { certPem, keyPem };
}

export interface LeafOptions extends Dates {
  ca: Authority;
  /** CAs above `ca` in the chain, PEM. */
  above?: string;
  uris?: string[];
  dnsNames?: string[];
}

/** A workload's certificate as istiod makes it: no subject, URIs, for TLS servers and clients. */
export async function makeLeaf({ ca, above = "", ...options }: LeafOptions): Promise<Leaf> {
  const keyPem = keyOf("leaf", "ec");
  const issuer = new x509.X509Certificate(ca.certPem);
  const certPem = await certificate(
    { subject: "", issuer: issuer.subjectName, keyPem, signer: ca.keyPem, ...options },
    [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.BasicConstraintsExtension(false, undefined, true),
      ...authorityKeyId(issuer),
      ...alternativeNames(options, true),
    ],
  );
  return { certPem, keyPem, chainPem: certPem + ca.certPem + above };
}

interface Content extends Dates {
  subject: string;
  issuer: string | x509.Name;
  /** Of the subject; only its public part is used. */
  keyPem: string;
  signer: string;
}

async function certificate(content: Content, extensions: x509.Extension[]): Promise<string> {
  const made = await x509.X509CertificateGenerator.create(
    {
      subject: content.subject,
      issuer: content.issuer,
      notBefore: content.notBefore ?? new Date(Date.now() - hour),
      notAfter: content.notAfter ?? new Date(Date.now() + 10 * year),
      publicKey: await publicKey(content.keyPem),
      signingKey: await signingKey(content.signer),
      signingAlgorithm: algorithm(content.signer),
      extensions,
    },
    webcrypto as Crypto,
  );
  return `${made.toString("pem")}\n`;
}

async function keyIdentifier(keyPem: string, keyId?: string): Promise<x509.Extension> {
  return keyId === undefined
    ? x509.SubjectKeyIdentifierExtension.create(await publicKey(keyPem))
    : new x509.SubjectKeyIdentifierExtension(keyId);
}

function authorityKeyId(issuer: x509.X509Certificate): x509.Extension[] {
  const identifier = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  return identifier ? [new x509.AuthorityKeyIdentifierExtension(identifier.keyId)] : [];
}

function alternativeNames(
  { dnsNames = [], uris = [] }: { dnsNames?: string[]; uris?: string[] },
  critical = false,
): x509.Extension[] {
  const names = [
    ...uris.map((value) => ({ type: "url" as const, value })),
    ...dnsNames.map((value) => ({ type: "dns" as const, value })),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names, critical)] : [];
}

function constraint(permittedUris: string[] = []): x509.Extension[] {
  if (permittedUris.length === 0) return [];
  const permittedSubtrees = new GeneralSubtrees(
    permittedUris.map((uniformResourceIdentifier) => {
      return new GeneralSubtree({ base: new GeneralName({ uniformResourceIdentifier }) });
    }),
  );
  const der = AsnConvert.serialize(new NameConstraints({ permittedSubtrees }));
  return [new x509.Extension("2.5.29.30", true, der)];
}

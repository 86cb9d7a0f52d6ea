import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import { asn1, keyFingerprint, sha256, type Asn1 } from "./asn1.ts";
import { isBindable } from "./boundDomains.ts";
import { allAddresses, certificatesIn, type CertificateFacts } from "./certificate.ts";
import { pemOf } from "./pem.ts";
import { requestIn } from "./request.ts";

/** Why a certificate cannot be signed. The message repeats nothing of a key. */
export class SigningError extends Error {
  override readonly name = "SigningError";
}

/** What the intermediate of a mesh is signed from. */
export interface IntermediateRequest {
  /** PKCS #10. Its subject and key are taken over, what it asks for is not. */
  requestPem: string;
  /** The root: its certificate and its RSA key, PKCS #1 or PKCS #8. */
  issuer: { certPem: string; keyPem: string };
  /** The only host in URIs, such as SPIFFE IDs, that the intermediate can issue. */
  trustDomain: string;
  notBefore: Date;
  notAfter: Date;
}

/** What a trust anchor is signed from. */
export interface AnchorRequest {
  /** The peer's root: its subject, key, key identifier and dates are taken over. */
  rootPem: string;
  /** The only host in URIs, such as SPIFFE IDs, of certificates below the root. */
  trustDomain: string;
  /** Common name of the issuer; its first 64 characters are used. */
  issuerName: string;
  /** RSA key that signs anchors only, PKCS #1 or PKCS #8. */
  keyPem: string;
}

/**
 * Signs the intermediate of a mesh under a shared root. It can issue identities of one trust domain, and no CAs. Equal
 * arguments give equal bytes. DNS names stay free, because istiod's own serving certificate has one.
 *
 * @returns the certificate, PEM
 * @throws SigningError when the request is not signed by its key, the issuer's key is not RSA or not that of its
 *   certificate, the trust domain cannot be bound, or the dates are in the wrong order
 * @throws PemError when a certificate or the request is malformed
 */
export async function signIntermediate(args: IntermediateRequest): Promise<string> {
  const request = await requestIn(args.requestPem);
  if (!request.signatureValid) throw new SigningError("the request is not signed by its own key");
  const issuer = await onlyCertificate(args.issuer.certPem);
  const key = signingKey(args.issuer.keyPem);
  if (keyFingerprint(key) !== issuer.keySha256)
    throw new SigningError("the key is not that of the issuer's certificate");
  // Chains do not count a CA that issues itself, and would hold one more below it.
  if (request.subjectDer === issuer.subjectDer) throw new SigningError("the request has the subject of the issuer");
  const library = await asn1();
  return signed(library, key, {
    ...args,
    issuerDer: issuer.subjectDer,
    subjectDer: request.subjectDer,
    publicKeyDer: request.publicKeyDer,
    pathLength: 0,
    excludesOthers: false,
    subjectKeyId: keyIdentifier(library, request.publicKeyDer),
    authorityKeyId: issuer.subjectKeyId,
  });
}

/**
 * Signs a certificate over the key of a peer's root, under which URIs have one host, and DNS names, IP addresses and
 * email addresses are not valid. A verifier that trusts it, whoever signed it, needs no other certificate of the root.
 * Equal arguments give equal bytes.
 *
 * Envoy and Go enforce the constraints of a certificate that they trust. OpenSSL does with `-partial_chain`.
 *
 * @returns the certificate, PEM
 * @throws SigningError when the key is not RSA, or the trust domain cannot be bound
 * @throws PemError when the root is malformed
 */
export async function trustAnchor(args: AnchorRequest): Promise<string> {
  const root = await onlyCertificate(args.rootPem);
  const key = signingKey(args.keyPem);
  const library = await asn1();
  return signed(library, key, {
    ...root,
    trustDomain: args.trustDomain,
    issuerDer: commonName(library, args.issuerName.slice(0, 64)),
    excludesOthers: true,
    pathLength: undefined,
    authorityKeyId: keyIdentifier(library, publicKeyDer(key)),
  });
}

/** What is to be in a certificate. DER and key identifiers are hexadecimal. */
interface Content {
  issuerDer: string;
  subjectDer: string;
  publicKeyDer: string;
  notBefore: Date;
  notAfter: Date;
  trustDomain: string;
  pathLength: number | undefined;
  /** Whether names other than URIs are excluded. */
  excludesOthers: boolean;
  subjectKeyId?: string;
  authorityKeyId?: string;
}

/**
 * Signs with RSA PKCS #1 v1.5, whose signatures are the same at every run. The serial number is made from everything
 * else in the certificate and the signing key, so that different certificates of one issuer differ in it.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.2
 */
function signed(library: Asn1, key: KeyObject, content: Content): string {
  if (!isBindable(content.trustDomain)) throw new SigningError("the trust domain cannot be in a name constraint");
  if (!(content.notAfter > content.notBefore)) throw new SigningError("notAfter must be after notBefore");
  const { schema, x509 } = library;
  const signature = new x509.AlgorithmIdentifier({ algorithm: sha256WithRsaEncryption, parameters: null });
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: new Uint8Array([0]).buffer,
    signature,
    issuer: schema.AsnConvert.parse(Buffer.from(content.issuerDer, "hex"), x509.Name),
    subject: schema.AsnConvert.parse(Buffer.from(content.subjectDer, "hex"), x509.Name),
    subjectPublicKeyInfo: schema.AsnConvert.parse(Buffer.from(content.publicKeyDer, "hex"), x509.SubjectPublicKeyInfo),
    validity: new x509.Validity({ notBefore: content.notBefore, notAfter: content.notAfter }),
    extensions: new x509.Extensions(extensions(library, content)),
  });
  const draft = Buffer.from(schema.AsnConvert.serialize(tbsCertificate));
  tbsCertificate.serialNumber = serialOf(Buffer.concat([draft, Buffer.from(publicKeyDer(key), "hex")]));
  const body = Buffer.from(schema.AsnConvert.serialize(tbsCertificate));
  const signatureValue = new Uint8Array(sign("sha256", body, key)).buffer;
  const certificate = new x509.Certificate({ tbsCertificate, signatureAlgorithm: signature, signatureValue });
  return pemOf("CERTIFICATE", new Uint8Array(schema.AsnConvert.serialize(certificate)));
}

const sha256WithRsaEncryption = "1.2.840.113549.1.1.11";

/** The first 16 bytes of a hash as a positive number, without leading zeros. */
function serialOf(bytes: Buffer): ArrayBuffer {
  const number = BigInt(`0x${sha256(bytes).slice(0, 32)}`) & ((1n << 127n) - 1n);
  const digits = number.toString(16);
  const even = digits.padStart(digits.length + (digits.length % 2), "0");
  // The first bit is the sign.
  return bufferOf(Buffer.from(parseInt(even.slice(0, 2), 16) < 0x80 ? even : `00${even}`, "hex"));
}

function extensions(library: Asn1, content: Content) {
  const { schema, x509 } = library;
  const { pathLength, subjectKeyId, authorityKeyId } = content;
  const extension = (extnID: string, critical: boolean, value: unknown) =>
    new x509.Extension({ extnID, critical, extnValue: new schema.OctetString(schema.AsnConvert.serialize(value)) });
  const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
  const all = [
    extension(
      x509.id_ce_basicConstraints,
      true,
      new x509.BasicConstraints({ cA: true, ...(pathLength !== undefined && { pathLenConstraint: pathLength }) }),
    ),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(keyCertSign | cRLSign | digitalSignature)),
    extension(x509.id_ce_nameConstraints, true, nameConstraints(library, content)),
  ];
  if (subjectKeyId)
    all.push(extension(x509.id_ce_subjectKeyIdentifier, false, new x509.SubjectKeyIdentifier(bufferOf(subjectKeyId))));
  if (authorityKeyId) {
    const keyIdentifier = new x509.KeyIdentifier(bufferOf(authorityKeyId));
    const value = new x509.AuthorityKeyIdentifier({ keyIdentifier });
    all.push(extension(x509.id_ce_authorityKeyIdentifier, false, value));
  }
  return all;
}

/** An empty constraint holds for all names of its kind. https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10 */
function nameConstraints(
  { x509 }: Asn1,
  { trustDomain, excludesOthers }: Pick<Content, "trustDomain" | "excludesOthers">,
) {
  const subtrees = (...names: Partial<InstanceType<typeof x509.GeneralName>>[]) =>
    new x509.GeneralSubtrees(names.map((name) => new x509.GeneralSubtree({ base: new x509.GeneralName(name) })));
  const others = [{ dNSName: "" }, ...allAddresses.map((iPAddress) => ({ iPAddress })), { rfc822Name: "" }];
  return new x509.NameConstraints({
    permittedSubtrees: subtrees({ uniformResourceIdentifier: trustDomain }),
    ...(excludesOthers && { excludedSubtrees: subtrees(...others) }),
  });
}

/**
 * The value of the extension nameConstraints of an intermediate, DER in base64: for signers that take it as it is.
 * @param trustDomain the only host in URIs that it permits
 */
export async function uriConstraint(trustDomain: string): Promise<string> {
  const library = await asn1();
  const value = nameConstraints(library, { trustDomain, excludesOthers: false });
  return Buffer.from(library.schema.AsnConvert.serialize(value)).toString("base64");
}

/** SHA-1 over the key's bit string: method 1 of https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.2 */
function keyIdentifier({ schema, x509 }: Asn1, publicKey: string): string {
  const { subjectPublicKey } = schema.AsnConvert.parse(Buffer.from(publicKey, "hex"), x509.SubjectPublicKeyInfo);
  return createHash("sha1").update(Buffer.from(subjectPublicKey)).digest("hex");
}

function commonName({ schema, x509 }: Asn1, utf8String: string): string {
  const value = new x509.AttributeValue({ utf8String });
  const attribute = new x509.AttributeTypeAndValue({ type: "2.5.4.3", value });
  const name = new x509.Name([new x509.RelativeDistinguishedName([attribute])]);
  return Buffer.from(schema.AsnConvert.serialize(name)).toString("hex");
}

function signingKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new SigningError("the key is not a private key in PEM");
  }
  if (key.asymmetricKeyType !== "rsa")
    throw new SigningError(`the key is of type ${key.asymmetricKeyType}; only RSA signs the same bytes every time`);
  return key;
}

async function onlyCertificate(pem: string): Promise<CertificateFacts> {
  const [found, ...more] = await certificatesIn(pem);
  if (!found || more.length > 0) throw new SigningError("the issuer or root must be one certificate in PEM");
  return found;
}

function publicKeyDer(key: KeyObject): string {
  return createPublicKey(key).export({ type: "spki", format: "der" }).toString("hex");
}

function bufferOf(bytes: Buffer | string): ArrayBuffer {
  return new Uint8Array(typeof bytes === "string" ? Buffer.from(bytes, "hex") : bytes).buffer;
}

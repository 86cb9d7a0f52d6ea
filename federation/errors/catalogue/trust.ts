import type { CatalogueEntry } from "./index.ts";

/** Codes of what is wrong with certificates, requests and the binding of CAs to trust domains. */
export const trust = {
  "trust-domain-not-bindable": {
    title: "A CA cannot be bound to a trust domain.",
    page:
      "A name constraint binds a CA to a trust domain, and verifiers differ in the names that they take. All of them " +
      "take lower-case letters, digits, hyphens and dots, without a dot or a label of digits at the end.",
  },
  "trust-domain-nested": {
    title: "Two meshes with different roots have trust domains of which one contains the other, or the same one.",
    page:
      "Go takes a constraint to a domain for its subdomains, too. So a CA of the one mesh could issue identities of " +
      "the other. Give one of them another trust domain.",
  },
  "ca-material-crl": {
    title: "The secret key `caMaterial` has a revocation list.",
    page:
      "As soon as Envoy has one list, it demands a current one of every CA of every chain, also of peers. One that " +
      "is missing or has expired refuses all connections, also those within the mesh. Cut off a CA by replacing it.",
  },
  "ca-certificate-malformed": {
    title: "The certificate of a CA cannot be read.",
    page: "It must be in PEM, without bytes behind it. Text around the blocks and CRLF are fine.",
  },
  "ca-certificate-not-ca": {
    title: "A certificate that is to sign others is not that of a CA.",
    page: "Its basic constraints must have `CA:TRUE`, and its key usage `keyCertSign`.",
  },
  "ca-certificate-key-differs": {
    title: "The certificate of a mesh's CA is for another key than the mesh's request.",
    page: "The mesh changed its key after the certificate was signed, or the certificate is another mesh's.",
  },
  "ca-certificate-issuer-unknown": {
    title: "No root of the bundle has signed the certificate of a CA.",
    page:
      "Signatures are verified along the chain: a root of the same name but another key does not count. CAs between " +
      "the two must be in the chain.",
  },
  "ca-certificate-constraint-differs": {
    title: "The certificate of a CA is not bound to the trust domain of its mesh, or excludes names that it needs.",
    page:
      "The name constraints must permit URIs of the trust domain and of no other. They must not exclude DNS names: " +
      "istiod's own certificate has one, and its proxies would refuse it.",
  },
  "ca-certificate-path-length": {
    title: "The path length of a CA does not fit its place in the chain.",
    page:
      "A CA above allows too few below it, or an intermediate that must not sign further CAs has no path length " +
      "of 0.",
  },
  "ca-certificate-unsupported": {
    title: "istiod or Envoy refuses a certificate of the chain of a CA.",
    page:
      "istiod refuses MD5 and SHA-1, keys other than RSA (1024 bits or more), ECDSA on a NIST curve and Ed25519, " +
      "negative serial numbers, and critical extensions that Go does not know. An extended key usage must have " +
      "`serverAuth` and `clientAuth`, of a root only `serverAuth`; `anyExtendedKeyUsage` is not enough for Envoy. " +
      "Certificate policies must not be demanded.",
  },
  "ca-certificate-expired": {
    title: "The certificate of a CA has expired or is about to.",
    page:
      "A workload's certificate is valid for 24 hours. A CA that ends earlier issues certificates that outlive it, " +
      "and verifiers refuse them.",
  },
  "ca-certificate-not-yet-valid": {
    title: "The certificate of a CA is not valid yet.",
    page: "It was signed for a later date, or the clocks of two machines differ.",
  },
  "ca-certificate-dns-names": {
    title: "The certificate of a mesh's CA has DNS names.",
    page:
      "Peers with another root exclude DNS names below it, so they would refuse all workloads of the mesh. A CA " +
      "needs none: istiod's own certificate gets its names from istiod.",
  },
  "ca-certificate-issuer-serial": {
    title: "The certificate of a peer's CA names its issuer by serial number.",
    page:
      "A trust anchor has the name and key of the peer's root, but another serial number. Envoy would not find it. " +
      "The authority key identifier must have the key identifier only.",
  },
  "ca-request-malformed": {
    title: "The certificate request of a mesh cannot be read.",
    page:
      "It must be one PKCS #10 request in PEM, with a subject of at most 1 KiB and a public key of at most 2 KiB " +
      "in DER.",
  },
  "ca-request-unsigned": {
    title: "The certificate request of a mesh is not signed by its own key.",
    page: "The signature shows that the mesh has the key. RSA and ECDSA with SHA-256 or longer, and Ed25519 are read.",
  },
  "ca-request-key-weak": {
    title: "The key in the certificate request of a mesh is weak, or of a kind that istiod does not read.",
    page: "It must be RSA with 2048 bits or more, or EC on the curve P-256 or P-384.",
  },
  "ca-request-names": {
    title: "The certificate request of a mesh asks for DNS names or URIs.",
    page: "They are for servers and workloads. Peers that exclude DNS names would refuse a CA that has one.",
  },
  "ca-request-of-other-mesh": {
    title: "The subject of a certificate request names another mesh.",
    page:
      "The locality (L) of an intermediate is the name of its mesh. The request was probably put in the wrong " +
      "place.",
  },
  "peer-root-malformed": {
    title: "A root that a peer publishes is not one certificate in PEM, or not that of its fingerprint.",
    page: "No trust anchor can be made of it. Bring the peer up with the current release.",
  },
  "peer-root-unreadable": {
    title: "A root of a peer cannot be read by every verifier.",
    page:
      "Envoy, istiod and this program differ in the keys and texts that they read. istiod takes no anchor at all " +
      "while it cannot read one of them. The peer needs a root with an RSA key of 2048 to 8192 bits or an EC key " +
      "(P-256, P-384, P-521), a subject of ordinary text, and dates that have begun.",
  },
  "peer-root-not-ca": {
    title: "A root that a peer publishes is not a CA.",
    page: "Its basic constraints must have `CA:TRUE`, and its key usage `keyCertSign`.",
  },
  "peer-root-not-self-signed": {
    title: "A root that a peer publishes is not signed by its own key.",
    page: "It is an intermediate, or names the key of another party. A mesh anchors roots only.",
  },
  "peer-root-without-key-id": {
    title: "A root that a peer publishes has no subject key identifier.",
    page:
      "Verifiers find an issuer by name and key identifier. Without one, two roots of one name cannot be told apart, " +
      "and connections fail after a rotation.",
  },
  "peer-root-expired": {
    title: "A root that a peer publishes has expired.",
    page: "An expired anchor can stand before its successor, and verifiers take the first. The peer must remove it.",
  },
  "peer-root-ends": {
    title: "A retiring root of a peer is about to expire.",
    page: "Its successor is in use. The peer must finish the rotation and remove it before it expires.",
  },
  "peer-root-repeated": {
    title: "A peer publishes two roots of one key.",
    page:
      "A verifier takes the first anchor of a key. A root that is issued again replaces the earlier one in one " +
      "change.",
  },
  "peer-root-indistinct": {
    title: "A verifier can confuse a peer's root with another root.",
    page:
      "They have the same key identifier, or the same name and no key identifiers, but different keys. A verifier " +
      "takes the first, and refuses what the other has signed.",
  },
  "peer-root-is-own": {
    title: "A root that a peer publishes has the key of one of the mesh's own roots.",
    page:
      "The mesh trusts its own root without a constraint, so a peer below it cannot be bound. Meshes that share a " +
      "root are bound by their intermediates.",
  },
  "peer-root-of-other-peer": {
    title: "Two peers publish roots of one key.",
    page: "The key can be bound to the trust domain of one of them only. Find out whose it is.",
  },
} satisfies Record<string, CatalogueEntry>;

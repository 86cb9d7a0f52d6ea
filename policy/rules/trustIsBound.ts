import { certificatesIn, type Certificate } from "../certificates.ts";
import { trustClaims } from "../claims.ts";
import { meshConfigs, type MeshConfig } from "../meshConfig.ts";
import { is, metadataOf, violation, type Resource, type Rule, type Violation } from "../rule.ts";
import { defaults } from "../settings.ts";
import { ifKnown, isUnknown, objectOf, textOf } from "../values.ts";

/**
 * Istio binds no root to a trust domain: what a mesh trusts may issue every identity, its own too. Envoy and istiod
 * keep to the name constraints of certificates.
 * https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.10
 */
export const trustIsBound: Rule = {
  name: "trust-is-bound",
  description:
    "The CA of a mesh can issue identities of the mesh's trust domain only, and each foreign root that the mesh " +
    "trusts those of another one: by name constraints for URIs. Otherwise every CA can name every workload.",
  scope: "stack",
  settings: ["allowUnboundCa", "unboundRoots"],
  check: (resources, { allowUnboundCa, unboundRoots } = defaults) => {
    const configs = resources.flatMap(meshConfigs);
    const claims = resources.flatMap(trustClaims);
    const domains = [...configs.map((c) => c.trustDomain), ...claims.map((c) => c.domain)].filter(
      (domain): domain is string => domain !== undefined && !isUnknown(domain),
    );
    const known = [...unboundRoots, ...claims.flatMap((c) => c.roots)];
    return [
      ...(allowUnboundCa ? [] : resources.flatMap((resource) => unboundCa(resource, domains))),
      ...configs.flatMap((config) => unboundAnchors(config, domains, known)),
    ];
  },
};

/**
 * Keys of the Secret by which istiod gets its CA, the certificate and those above it.
 * https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
const caKeys = ["ca-cert.pem", "tls.crt"];
const chainKey = "cert-chain.pem";

/** A CA that may issue identities of other trust domains than the mesh's. */
function unboundCa(resource: Resource, domains: string[]): Violation[] {
  if (!is(resource, "", "Secret") || ifKnown(() => textOf(metadataOf(resource)["name"])) !== "cacerts") return [];
  const contents = ["stringData", "data"].flatMap((field) =>
    Object.entries(objectOf(objectOf(resource.props)[field])).map(([key, value]) => ({ field, key, value })),
  );
  return contents
    .filter(({ key }) => caKeys.includes(key))
    .flatMap(({ field, key, value }) => {
      const chain = contents.filter((other) => other.key === chainKey && other.field === field);
      const certificates = [value, ...chain.map((c) => c.value)].flatMap((v) => certificatesIn(plain(v, field)));
      // What a preview masks or does not know yet has no certificate.
      if (certificates.length === 0 || certificates.some((c) => isBoundTo(c, domains))) return [];
      return [
        violation(resource, {
          problem: "holds a CA that can issue identities of other trust domains",
          field: `${field}["${key}"]`,
          allowed: `a CA whose name constraints permit URIs of ${domains[0] ?? "the mesh's trust domain"} only`,
          remedy: "have a CA signed with that constraint, or set allowUnboundCa where all meshes may be one",
        }),
      ];
    });
}

/** Text of a value in a Secret; `data` is base64. */
function plain(value: unknown, field: string): string {
  const text = textOf(value) ?? "";
  return field === "data" ? Buffer.from(text, "base64").toString() : text;
}

function isBoundTo(certificate: Certificate | undefined, domains: string[]): boolean {
  const permitted = certificate?.permittedUris ?? [];
  return permitted.length > 0 && (domains.length === 0 || permitted.every((uri) => domains.includes(uri)));
}

/** Certificates that the mesh trusts besides its own, and that could issue its own identities. */
function unboundAnchors(config: MeshConfig, domains: string[], known: unknown[]): Violation[] {
  return certificatesIn(config.certificates).flatMap((certificate) => {
    if (certificate && known.includes(certificate.sha256)) return [];
    const { sha256, permittedUris } = certificate ?? { sha256: undefined, permittedUris: [] };
    const own = permittedUris.filter((uri) => domains.some((domain) => covers(uri, domain)));
    if (permittedUris.length > 0 && own.length === 0) return [];
    const title = sha256 === undefined ? "a certificate that cannot be read" : `the certificate ${sha256}`;
    return [
      violation(config.resource, {
        problem:
          `trusts ${title}, which can issue identities of ` +
          (own.length > 0 ? `${own.join(", ")}, where this mesh's are` : "every trust domain, this mesh's too"),
        field: config.field,
        allowed: "certificates whose name constraints permit URIs of a peer's trust domain only, and own roots",
        remedy: "trust a constrained certificate over the same key instead, or list the root in unboundRoots",
      }),
    ];
  });
}

/** Whether a constraint permits a trust domain: the same host, in any case, or one above it, as Go reads it. */
function covers(permitted: string, domain: string): boolean {
  const host = permitted.toLowerCase().replace(/^\./, "");
  return domain === host || domain.endsWith(`.${host}`);
}

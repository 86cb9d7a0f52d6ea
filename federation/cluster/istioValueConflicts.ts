import { istioNamespace } from "../config/defaults.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { isMapping, isSet, valueAt, type Values } from "../config/values.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { rfc1123Label, rfc1123Subdomain } from "../objects/names.ts";

const caCertificates = "meshConfig.caCertificates";
const rootNamespace = "meshConfig.rootNamespace";

/**
 * What is wrong with `istio.values`: values that contradict what the mesh publishes, or that its other resources do not
 * follow. Any other value is the user's to set.
 */
export function istioValueFindings({ istio, mesh }: Pick<MeshConfig, "istio" | "mesh">): readonly Finding[] {
  const findings = new Findings();
  const values = valuesOf(istio);
  for (const path of ["meshConfig", "global", "global.multiCluster", "global.proxy"])
    if (isSet(values, path) && !isMapping(valueAt(values, path))) invalid(findings, path, "must be a mapping");
  const published = [
    { path: "meshConfig.trustDomain", key: "mesh.trustDomain", value: mesh.trustDomain },
    { path: "global.meshID", key: "mesh.meshId", value: mesh.meshId },
    { path: "global.network", key: "mesh.network", value: mesh.network },
    { path: "global.proxy.clusterDomain", key: "mesh.clusterDomain", value: mesh.clusterDomain },
    { path: "global.multiCluster.clusterName", key: "mesh.cluster", value: mesh.cluster },
  ];
  for (const { path, key, value } of published)
    conflict(findings, values, path, value, `${key} is "${value}"`, `Set ${key}, and remove the value`);
  const namespace = `Istio is installed in namespace "${istioNamespace}"`;
  conflict(findings, values, "global.istioNamespace", istioNamespace, namespace, "Remove the value");
  const revision = "the labels of gateway and namespaces name no revision";
  conflict(findings, values, "revision", "", revision, "Remove the value: revisions are not supported");
  checkAliases(values, findings);
  const root = valueAt(values, rootNamespace) ?? "";
  if (root !== "" && !(typeof root === "string" && rfc1123Label.test(root)))
    invalid(findings, rootNamespace, "must be the name of a namespace");
  checkCertificates(values, findings);
  return findings.all;
}

/** Istio's root namespace, whose policies apply to the whole mesh: that of the values, or the namespace of Istio. */
export function rootNamespaceOf({ istio }: Pick<MeshConfig, "istio">): string {
  if (istio.provider === "existing") return istio.namespace;
  const root = valueAt(valuesOf(istio), rootNamespace);
  return typeof root === "string" && root !== "" ? root : istioNamespace;
}

/** The user's entries of `meshConfig.caCertificates`. */
export function certificatesInValues(istio: MeshConfig["istio"]): unknown[] {
  const entries = valueAt(valuesOf(istio), caCertificates);
  return Array.isArray(entries) ? entries : [];
}

/** Trust domains whose callers the mesh accepts because of the user's entries of `meshConfig.caCertificates`. */
export function trustDomainsInValues(istio: MeshConfig["istio"]): string[] {
  return certificatesInValues(istio)
    .flatMap((entry) => (isMapping(entry) ? entry["trustDomains"] : undefined))
    .filter((domain) => typeof domain === "string");
}

/** PEM texts in the user's entries of `meshConfig.caCertificates`. */
export function certificateTextsInValues(istio: MeshConfig["istio"]): string[] {
  return certificatesInValues(istio)
    .map((entry) => (isMapping(entry) ? entry["pem"] : undefined))
    .filter((pem) => typeof pem === "string");
}

/** What should be known of `istio.values`, although it is the user's to set. */
export function istioValueWarnings({ istio }: Pick<MeshConfig, "istio">): Finding[] {
  return certificatesInValues(istio).flatMap((entry, i): Finding[] => {
    if (!isMapping(entry) || !entry["spiffeBundleUrl"]) return [];
    return [
      {
        code: "spiffe-bundle-url",
        subject: `istio.values.${caCertificates}.${i}.spiffeBundleUrl`,
        problem: "an endpoint that fails loses its roots until the next poll, and nothing binds them to a trust domain",
        remedy: "Pin the roots of the peer in peers, and remove the value",
      },
    ];
  });
}

/**
 * Aliases make the identities of two trust domains interchangeable in every policy, so that `callers` of one would
 * admit the other's. https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-trust_domain_aliases
 */
function checkAliases(values: Values, findings: Findings): void {
  const aliases = valueAt(values, "meshConfig.trustDomainAliases") ?? [];
  if (Array.isArray(aliases) && aliases.length === 0) return;
  findings.add("istio-values-conflict", {
    subject: "istio.values.meshConfig.trustDomainAliases",
    problem: "makes identities of another trust domain count as this mesh's own in every policy",
    remedy: "Remove the value; mesh.acceptedTrustDomains accepts callers of another domain by their own name",
  });
}

function checkCertificates(values: Values, findings: Findings): void {
  if (!isSet(values, caCertificates)) return;
  const entries = valueAt(values, caCertificates);
  if (!Array.isArray(entries)) return invalid(findings, caCertificates, "must be a list");
  entries.forEach((entry: unknown, i) => {
    const path = `${caCertificates}.${i}`;
    if (!isMapping(entry)) return invalid(findings, path, "must be a mapping");
    const domains = entry["trustDomains"] ?? [];
    const areDomains =
      Array.isArray(domains) && domains.every((d) => typeof d === "string" && rfc1123Subdomain.test(d));
    if (!areDomains) invalid(findings, `${path}.trustDomains`, "must be a list of trust domains");
  });
}

/** Adds a finding where a value is set to another than the one that fits. */
function conflict(
  findings: Findings,
  values: Values,
  path: string,
  fitting: string,
  reason: string,
  remedy: string,
): void {
  const given = valueAt(values, path);
  if (!isSet(values, path) || given === fitting) return;
  findings.add("istio-values-conflict", {
    subject: `istio.values.${path}`,
    problem: `is ${JSON.stringify(given)}, but ${reason}`,
    remedy,
  });
}

/** The value is not repeated: it may hold certificates. */
function invalid(findings: Findings, path: string, allowed: string): void {
  findings.add("config-value-invalid", { subject: `istio.values.${path}`, problem: allowed, remedy: "" });
}

function valuesOf(istio: MeshConfig["istio"]): Values {
  return istio.provider === "managed" ? (istio.values ?? {}) : {};
}

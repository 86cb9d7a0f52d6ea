import { istioNamespace } from "../config/defaults.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { isMapping, isSet, valueAt, type Values } from "../config/values.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { rfc1123Label, rfc1123Subdomain } from "../objects/names.ts";
import { revisionOf } from "./revisions.ts";

const caCertificates = "meshConfig.caCertificates";
const rootNamespace = "meshConfig.rootNamespace";

/**
 * What is wrong with `istio.values`: values that contradict what the mesh publishes, or that its other resources do not
 * follow. Any other value is the user's to set.
 */
export function istioValueFindings(config: Pick<MeshConfig, "istio" | "mesh">): readonly Finding[] {
  const { istio } = config;
  if (istio.provider !== "managed") return [];
  return [
    ...findingsOf(config, { key: "istio.values", revision: revisionOf(istio), values: istio.values ?? {} }),
    ...(istio.canary
      ? canaryFindings(config, {
          key: "istio.canary.values",
          revision: istio.canary.revision,
          values: istio.canary.values ?? {},
        })
      : []),
  ];
}

/** Values of a control plane, and the key that has them. */
interface ControlPlane {
  key: string;
  revision: string;
  values: Values;
}

/** Both control planes must agree on what the mesh trusts: the values of a canary do not say it. */
function canaryFindings(config: Pick<MeshConfig, "mesh">, canary: ControlPlane): readonly Finding[] {
  const findings = new Findings();
  findings.addAll(findingsOf(config, canary));
  for (const path of [caCertificates, rootNamespace].filter((p) => isSet(canary.values, p)))
    findings.add("istio-values-conflict", {
      subject: `${canary.key}.${path}`,
      problem: "is set, but must be the same in both control planes",
      remedy: "Set it in istio.values",
    });
  return findings.all;
}

function findingsOf({ mesh }: Pick<MeshConfig, "mesh">, plane: ControlPlane): readonly Finding[] {
  const findings = new Findings();
  const { values } = plane;
  for (const path of ["meshConfig", "global", "global.multiCluster", "global.proxy"])
    if (isSet(values, path) && !isMapping(valueAt(values, path))) invalid(findings, plane, path, "must be a mapping");
  const published = [
    { path: "meshConfig.trustDomain", key: "mesh.trustDomain", value: mesh.trustDomain },
    { path: "global.meshID", key: "mesh.meshId", value: mesh.meshId },
    { path: "global.network", key: "mesh.network", value: mesh.network },
    { path: "global.proxy.clusterDomain", key: "mesh.clusterDomain", value: mesh.clusterDomain },
    { path: "global.multiCluster.clusterName", key: "mesh.cluster", value: mesh.cluster },
  ];
  for (const { path, key, value } of published)
    conflict(findings, plane, path, value, `${key} is "${value}"`, `Set ${key}, and remove the value`);
  const namespace = `Istio is installed in namespace "${istioNamespace}"`;
  conflict(findings, plane, "global.istioNamespace", istioNamespace, namespace, "Remove the value");
  const named = plane.revision === "" ? "istio.revision is not set" : `the key revision is "${plane.revision}"`;
  conflict(findings, plane, "revision", plane.revision, named, "Set the key revision, and remove the value");
  if (isSet(values, "revisionTags"))
    findings.add("istio-values-conflict", {
      subject: `${plane.key}.revisionTags`,
      problem: "is set, but the tag of the mesh's own revision is an object of the program",
      remedy: "Remove the value, and create other tags with istioctl",
    });
  checkAliases(plane, findings);
  const root = valueAt(values, rootNamespace) ?? "";
  if (root !== "" && !(typeof root === "string" && rfc1123Label.test(root)))
    invalid(findings, plane, rootNamespace, "must be the name of a namespace");
  checkCertificates(plane, findings);
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
function checkAliases({ key, values }: ControlPlane, findings: Findings): void {
  const aliases = valueAt(values, "meshConfig.trustDomainAliases") ?? [];
  if (Array.isArray(aliases) && aliases.length === 0) return;
  findings.add("istio-values-conflict", {
    subject: `${key}.meshConfig.trustDomainAliases`,
    problem: "makes identities of another trust domain count as this mesh's own in every policy",
    remedy: "Remove the value; mesh.acceptedTrustDomains accepts callers of another domain by their own name",
  });
}

function checkCertificates(plane: ControlPlane, findings: Findings): void {
  const { values } = plane;
  if (!isSet(values, caCertificates)) return;
  const entries = valueAt(values, caCertificates);
  if (!Array.isArray(entries)) return invalid(findings, plane, caCertificates, "must be a list");
  entries.forEach((entry: unknown, i) => {
    const path = `${caCertificates}.${i}`;
    if (!isMapping(entry)) return invalid(findings, plane, path, "must be a mapping");
    const domains = entry["trustDomains"] ?? [];
    const areDomains =
      Array.isArray(domains) && domains.every((d) => typeof d === "string" && rfc1123Subdomain.test(d));
    if (!areDomains) invalid(findings, plane, `${path}.trustDomains`, "must be a list of trust domains");
  });
}

/** Adds a finding where a value is set to another than the one that fits. */
function conflict(
  findings: Findings,
  { key, values }: ControlPlane,
  path: string,
  fitting: string,
  reason: string,
  remedy: string,
): void {
  const given = valueAt(values, path);
  if (!isSet(values, path) || given === fitting) return;
  findings.add("istio-values-conflict", {
    subject: `${key}.${path}`,
    problem: `is ${JSON.stringify(given)}, but ${reason}`,
    remedy,
  });
}

/** The value is not repeated: it may hold certificates. */
function invalid(findings: Findings, { key }: ControlPlane, path: string, allowed: string): void {
  findings.add("config-value-invalid", { subject: `${key}.${path}`, problem: allowed, remedy: "" });
}

function valuesOf(istio: MeshConfig["istio"]): Values {
  return istio.provider === "managed" ? (istio.values ?? {}) : {};
}

import { parse } from "yaml";
import { leafChanges, listChange, type Change } from "../changes/words.ts";
import type { PreviewReport, Step } from "../preview/previewReport.ts";
import { masked } from "../secrets/masking.ts";
import { certificateText, readCertificates, type Certificates } from "./certificates.ts";

/** The engine's mark of a value that a preview does not know yet. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What an `up` of a stack would change in whom the mesh trusts, as its preview shows it: istiod's CA and roots, the
 * mesh's own certificates and keys, its mTLS, and the certificates of its mesh configuration.
 */
export async function previewTrust(stack: string, { steps, touched }: PreviewReport): Promise<Change[]> {
  const ops = new Map(touched.map(({ urn, op }) => [urn, op]));
  const certificates = await readCertificates({ certificates: steps.flatMap(pemsIn), requests: [] });
  return steps.flatMap((step) => {
    const op = ops.get(step.urn);
    if (op === undefined || op === "refresh") return [];
    return [...objectLines(step), ...keyLines(step), ...meshConfigLines(step, certificates)].map((line): Change => ({
      sign: op === "create" ? "+" : op === "delete" ? "-" : "~",
      text: `up of stack ${stack} would ${op} ${line}`,
    }));
  });
}

interface KubernetesObject {
  kind: string;
  /** `namespace/name`. */
  name: string;
}

/** The Kubernetes object of a step; undefined for any other resource. */
function objectOf(step: Step): KubernetesObject | undefined {
  const [, kind] = /^kubernetes:[^:]+:([^:]+)$/.exec(typeOf(step)) ?? [];
  const { metadata, ...inputs } = (step.newState ?? step.oldState)?.inputs ?? {};
  // A release has no metadata.
  const named = metadata === undefined ? inputs : membersOf(metadata);
  const text = (key: string): string => (typeof named[key] === "string" ? named[key] : "");
  const name = [text("namespace"), text("name")].filter(Boolean).join("/");
  return kind === undefined ? undefined : { kind: kind.replace(/Patch$/, ""), name };
}

function typeOf({ newState, oldState }: Step): string {
  return (newState ?? oldState)?.type ?? "";
}

/** Secrets from which istiod takes its CA: a given one, and the one that it makes itself. */
const caSecrets = ["cacerts", "istio-ca-secret"];

function objectLines(step: Step): string[] {
  const found = objectOf(step);
  if (found?.kind === "Secret" && caSecrets.includes(found.name.split("/").at(-1)!))
    return [`Secret ${found.name}: the CA with which istiod signs, and the roots that the mesh trusts`];
  if (found?.kind !== "PeerAuthentication") return [];
  const spec = (state: Step["newState"]): object => (state ? { spec: membersOf(state.inputs?.["spec"]) } : {});
  const changes = leafChanges(spec(step.oldState), spec(step.newState));
  return changes.length > 0 ? [`PeerAuthentication ${found.name}: ${changes.join(", ")}`] : [];
}

/** Types of keys and certificates, in words. https://www.pulumi.com/registry/packages/tls/api-docs/ */
const tlsTypes: Record<string, string> = {
  "tls:index/privateKey:PrivateKey": "private key",
  "tls:index/selfSignedCert:SelfSignedCert": "root certificate",
  "tls:index/locallySignedCert:LocallySignedCert": "certificate",
  "tls:index/certRequest:CertRequest": "certificate request",
};

function keyLines(step: Step): string[] {
  const what = tlsTypes[typeOf(step)];
  return what === undefined ? [] : [`${what} ${step.urn.split("::").slice(3).join("::")}`];
}

/** Keys of the mesh configuration that decide whom proxies accept, besides `caCertificates`. */
const meshConfigKeys = ["trustDomain", "trustDomainAliases", "ca"];

function meshConfigLines(step: Step, certificates: Certificates): string[] {
  const [old, now] = [meshConfigOf(step.oldState), meshConfigOf(step.newState)];
  if (old === undefined && now === undefined) return [];
  const title = `${objectOf(step)?.kind} ${objectOf(step)?.name}: meshConfig`;
  if (now === "unknown") return [`${title} is not known before the up`];
  const before = membersOf(old === "unknown" ? undefined : old);
  const after = membersOf(now);
  const entries = (config: Record<string, unknown>): string[] =>
    listOf(config["caCertificates"]).map((entry) => entryText(entry, certificates));
  const change = listChange(entries(before), entries(after));
  const pick = (config: Record<string, unknown>): object =>
    Object.fromEntries(meshConfigKeys.flatMap((key) => (key in config ? [[key, config[key]]] : [])));
  return [
    ...(change ? [`${title}.caCertificates ${change}`] : []),
    ...leafChanges(pick(before), pick(after)).map((line) => `${title}.${line}`),
  ];
}

/**
 * The mesh configuration in a step: in istiod's ConfigMap, or in the values of a release of its chart.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
function meshConfigOf(state: Step["newState"]): Record<string, unknown> | "unknown" | undefined {
  const inputs = state?.inputs ?? {};
  if (/^kubernetes:helm\.sh\/v\d+:Release$/.test(state?.type ?? "")) {
    const config = membersOf(inputs["values"])["meshConfig"];
    return config === undefined ? undefined : membersOf(config);
  }
  if (!/^kubernetes:(?:core\/)?v1:ConfigMap(?:Patch)?$/.test(state?.type ?? "")) return undefined;
  const { name } = membersOf(inputs["metadata"]);
  const text = membersOf(inputs["data"])["mesh"];
  if (typeof name !== "string" || !/^istio($|-)/.test(name) || typeof text !== "string") return undefined;
  if (text === unknownMark || text === masked) return "unknown";
  try {
    return membersOf(parse(text));
  } catch {
    return "unknown";
  }
}

/** An entry of `caCertificates` in words. */
function entryText(value: unknown, certificates: Certificates): string {
  const { pem, spiffeBundleUrl, trustDomains, ...others } = membersOf(value);
  const found = typeof pem === "string" ? certificates.of(pem) : undefined;
  const root = found?.map(certificateText).join(" and ") || "a certificate that cannot be read";
  return [
    ...(pem === undefined ? [] : [pem === unknownMark ? "a certificate not known before the up" : root]),
    ...(spiffeBundleUrl === undefined ? [] : [`whatever roots ${JSON.stringify(spiffeBundleUrl)} serves`]),
    ...(trustDomains === undefined ? [] : [`accepts trust domains ${listOf(trustDomains).map(wordOf).join(", ")}`]),
    ...Object.keys(others).map((key) => `${key} ${JSON.stringify(others[key])}`),
  ].join(", ");
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function pemsIn({ oldState, newState }: Step): string[] {
  return [meshConfigOf(oldState), meshConfigOf(newState)].flatMap((config) =>
    listOf(membersOf(config)["caCertificates"]).flatMap((entry) => {
      const { pem } = membersOf(entry);
      return typeof pem === "string" ? [pem] : [];
    }),
  );
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

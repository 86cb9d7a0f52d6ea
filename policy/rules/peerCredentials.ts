import { annotationsOf, is, labelsOf, metadataOf, resourceRule, specOf, type Finding, type Resource } from "../rule.ts";
import { objectOf, wordOf } from "../values.ts";

/**
 * Label by which istiod takes a Secret for access to another cluster's API server.
 * https://istio.io/latest/docs/setup/install/multicluster/
 */
const remoteSecretLabel = "istio/multiCluster";
/** Annotation of the same Secret that names the cluster. */
const clusterAnnotation = "networking.istio.io/cluster";

/**
 * Kinds that hold credentials, or from which a controller makes Secrets: sealed ones, External Secrets, Vault's
 * operator.
 */
const makers = [
  ["", "Secret"],
  ["", "ConfigMap"],
  ["bitnami.com", "SealedSecret"],
  ["external-secrets.io", "ExternalSecret"],
  ["external-secrets.io", "ClusterExternalSecret"],
  ["secrets.hashicorp.com", "VaultStaticSecret"],
  ["secrets.hashicorp.com", "VaultDynamicSecret"],
] as const;

/**
 * Where those have the labels of the Secrets that they make.
 * https://external-secrets.io/latest/api/spec/,
 * https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference
 */
const madeMetadata = [
  "template.metadata",
  "target.template.metadata",
  "externalSecretSpec.target.template.metadata",
  "destination",
];

const namesKubeconfig = /(^|[-_.])kube-?config($|[-_.])/i;
const advice = { allowed: "anything but access to clusters", remedy: "keep access to clusters out of clusters" };

export const peerCredentials = resourceRule(
  "no-peer-credentials",
  "No cluster holds access to a peer's API server: no remote secret, no kubeconfig in a Secret or ConfigMap. " +
    "Peers learn of each other by contract only.",
  (resource) => {
    if (!makers.some(([group, kind]) => is(resource, group, kind))) return [];
    const remote = remoteSecret(resource);
    if (remote.length > 0 || (!is(resource, "", "Secret") && !is(resource, "", "ConfigMap"))) return remote;
    const found = contents(resource)
      .filter(({ key, text }) => isKubeconfig(text) || namesKubeconfig.test(key))
      .map(({ key, field }) => ({
        problem: `holds a kubeconfig in key "${key}"`,
        field: `${field}["${key}"]`,
        ...advice,
      }));
    return [...found, ...masked(resource)];
  },
);

/**
 * A Secret that istiod takes for a remote one, or an object from which a controller makes such a Secret (sealed, or
 * external).
 */
function remoteSecret(resource: Resource): Finding[] {
  const made = madeMetadata.map((path) => {
    const metadata = path.split(".").reduce((value, key) => objectOf(value[key]), specOf(resource));
    return { path: `spec.${path}`, labels: objectOf(metadata["labels"]), annotations: {} as Record<string, unknown> };
  });
  const own = { path: "metadata", labels: labelsOf(resource), annotations: annotationsOf(resource) };
  return [own, ...made].flatMap(({ path, labels, annotations }) => {
    const labelled = wordOf(labels[remoteSecretLabel]) === "true";
    if (!labelled && annotations[clusterAnnotation] === undefined) return [];
    return [
      {
        problem: `is a remote secret (${remoteSecretLabel}): istiod would read another cluster's API server with it`,
        field: labelled ? `${path}.labels["${remoteSecretLabel}"]` : `${path}.annotations["${clusterAnnotation}"]`,
        allowed: "Secrets without that label and annotation",
        remedy: "remove it, and import the peer's service instead",
      },
    ];
  });
}

/** A Secret of which a preview shows a mask instead of its keys: its name is all there is to go by. */
function masked(resource: Resource): Finding[] {
  const name = wordOf(metadataOf(resource)["name"]);
  const hidden = ["data", "stringData"].filter((field) => typeof objectOf(resource.props)[field] === "string");
  return hidden.length > 0 && namesKubeconfig.test(name)
    ? [{ problem: "holds a kubeconfig, by its name", field: "metadata.name", ...advice }]
    : [];
}

/** Keys and texts of a Secret or ConfigMap. A Secret's `data`, and `binaryData`, is base64. */
function contents(resource: Resource): { key: string; field: string; text: string }[] {
  const parts = [
    { field: "data", base64: is(resource, "", "Secret") },
    { field: "stringData", base64: false },
    { field: "binaryData", base64: true },
  ];
  return parts.flatMap(({ field, base64 }) =>
    Object.entries(objectOf(objectOf(resource.props)[field])).map(([key, value]) => ({
      key,
      field,
      text: typeof value !== "string" ? "" : base64 ? Buffer.from(value, "base64").toString() : value,
    })),
  );
}

/** Clusters with a server, and users, in YAML or JSON; kubectl takes it without `kind` too. */
function isKubeconfig(text: string): boolean {
  const has = (key: string): boolean => new RegExp(`["']?\\b${key}["']?\\s*:`).test(text);
  return has("clusters") && has("users") && (has("server") || /["']?kind["']?\s*:\s*["']?Config\b/.test(text));
}

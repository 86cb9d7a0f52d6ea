import { clientTls } from "../clientTls.ts";
import { clusterDomainOf, hostOf, takes } from "../hosts.ts";
import { isImport } from "../imports.ts";
import {
  is,
  isIn,
  isReleaseOf,
  isSpecUnknown,
  labelsOf,
  namespaceOf,
  specOf,
  violation,
  type Resource,
  type Rule,
  type Violation,
} from "../rule.ts";
import { defaults } from "../settings.ts";
import { selected } from "../serving.ts";
import { isUnknown, listOf, objectOf, textOf, wordOf } from "../values.ts";

/**
 * Server side: https://istio.io/latest/docs/reference/config/security/peer_authentication/
 * Client side: https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings-TLSmode
 */
export const strictMtls: Rule = {
  name: "strict-mtls-stays",
  description:
    "Mutual TLS is STRICT, mesh-wide and without exceptions, and no rule makes a client call an import without it. " +
    "A workload that takes plaintext takes callers whom no policy can name.",
  scope: "stack",
  settings: ["rootNamespaces"],
  check: (resources, { rootNamespaces } = defaults) => [
    ...resources.flatMap((r) => weakened(r, rootNamespaces)),
    ...missing(resources),
    ...resources.flatMap((r) => withoutMtls(r, resources)),
  ],
};

const allowedModes = "STRICT, or UNSET where the mesh's STRICT applies";

function weakened(resource: Resource, rootNamespaces: string[]): Violation[] {
  if (!is(resource, "security.istio.io", "PeerAuthentication")) return [];
  const spec = specOf(resource);
  const modeOf = (mtls: unknown): unknown => objectOf(mtls)["mode"];
  const modes = [
    { what: "mtls", field: "spec.mtls.mode", mode: modeOf(spec["mtls"]) },
    ...Object.entries(objectOf(spec["portLevelMtls"])).map(([port, mtls]) => ({
      what: `port ${port}`,
      field: `spec.portLevelMtls.${port}.mode`,
      mode: modeOf(mtls),
    })),
  ];
  const weak = modes.filter(({ mode }) => mode === "PERMISSIVE" || mode === "DISABLE");
  // Nothing is above the mesh-wide policy: what it leaves out is PERMISSIVE.
  const open =
    isWide(resource) &&
    rootNamespaces.includes(namespaceOf(resource)) &&
    !known(spec, "STRICT") &&
    weak.every(({ what }) => what !== "mtls");
  return [
    ...weak.map(({ what, field, mode }) =>
      violation(resource, {
        problem: `sets ${what} to ${mode}`,
        field,
        allowed: allowedModes,
        remedy: "use STRICT, or leave it out and the mesh's STRICT applies",
      }),
    ),
    ...(open
      ? [
          violation(resource, {
            problem: "is mesh-wide and sets no mode, which is PERMISSIVE",
            field: "spec.mtls.mode",
            allowed: "STRICT",
            remedy: "set mtls.mode to STRICT",
          }),
        ]
      : []),
  ];
}

/** Whether a policy has that mode, as far as is known yet. */
function known(spec: Record<string, any>, mode: string): boolean {
  return [spec["mtls"], objectOf(spec["mtls"])["mode"]].some(isUnknown) || objectOf(spec["mtls"])["mode"] === mode;
}

/** Whether a policy is for every workload of its namespace. */
function isWide(resource: Resource): boolean {
  return !isSpecUnknown(resource) && Object.keys(selected(specOf(resource)["selector"], "matchLabels")).length === 0;
}

/** A stack that runs istiod keeps the mesh-wide policy: in istiod's namespace, for every workload. */
function missing(resources: Resource[]): Violation[] {
  const keeps = (r: Resource, namespace: string): boolean =>
    is(r, "security.istio.io", "PeerAuthentication") &&
    isIn(r, namespace) &&
    (isSpecUnknown(r) || (isWide(r) && known(specOf(r), "STRICT")));
  return resources
    .flatMap((resource) => istiodNamespace(resource).map((namespace) => ({ resource, namespace })))
    .filter(({ namespace }) => !resources.some((r) => keeps(r, namespace)))
    .map(({ resource, namespace }) =>
      violation(resource, {
        problem: `runs istiod in ${namespace}, but there is no mesh-wide STRICT PeerAuthentication in this stack`,
        field: "spec.mtls.mode of a PeerAuthentication",
        allowed: `one in ${namespace} without a selector, with mtls.mode STRICT`,
        remedy: "add it to the stack that runs istiod",
      }),
    );
}

/** The namespace in which a resource runs istiod: its Deployment, or a Helm release of its chart; at most one. */
function istiodNamespace(resource: Resource): string[] {
  if (is(resource, "apps", "Deployment")) {
    const { app, istio } = labelsOf(resource);
    return app === "istiod" || istio === "pilot" ? [namespaceOf(resource)] : [];
  }
  if (!isReleaseOf(resource, "istiod")) return [];
  const { namespace } = objectOf(resource.props);
  return [typeof namespace === "string" ? namespace : "default"];
}

/** Whether a host takes all Services of a mesh, or of a namespace: `*.local`, `*.svc.cluster.local`. */
function isMeshWide(host: string, clusterDomain: string): boolean {
  if (host === "*") return true;
  if (!host.startsWith("*.")) return false;
  const [end, services] = [host.slice(1), `.svc.${clusterDomain}`];
  return services.endsWith(end) || (end.endsWith(services) && end.split(".").length === services.split(".").length + 1);
}

/**
 * Client settings that switch mTLS off towards an import, or towards the whole mesh. Of other hosts they are nobody's
 * business here.
 */
function withoutMtls(resource: Resource, resources: Resource[]): Violation[] {
  if (!is(resource, "networking.istio.io", "DestinationRule")) return [];
  const host = hostOf(resource, resources);
  const imported = resources
    .filter((r) => isImport(r, resources))
    .flatMap((r) => listOf(specOf(r)["hosts"]))
    .filter((h) => takes(host, h));
  const wide = host !== undefined && isMeshWide(host, clusterDomainOf(resource, resources));
  if (imported.length === 0 && !wide) return [];
  const hosts = wide ? `every host of ${host}` : `the imported host ${imported.map(wordOf).join(", ")}`;
  return clientTls(resource)
    .filter(({ mode }) => mode === "DISABLE" || mode === "SIMPLE")
    .map(({ field, tls }) =>
      violation(resource, {
        problem:
          `sets TLS towards ${hosts} to ` +
          `${textOf(tls["mode"]) ?? "no mode, which is DISABLE"}, so the caller shows no mesh identity`,
        field: `${field}.mode`,
        allowed: "ISTIO_MUTUAL, or no tls (Istio chooses mTLS by itself)",
        remedy: "use ISTIO_MUTUAL",
      }),
    );
}

import { isIP } from "node:net";
import { importedFrom, type ContractImport } from "../contract/contract.ts";
import { importId } from "./importConfig.ts";
import { federationMetadata } from "../objects/labels.ts";
import { autoPassthroughSni } from "../objects/names.ts";
import type { ResolvedImport } from "./resolveImports.ts";
import { trafficSettings } from "./trafficPolicy.ts";

/**
 * The Kubernetes name of an import's objects: by its id, which names the first mesh of the configuration, whether that
 * is up or not. What an earlier release published has no id; there the first mesh in use must do.
 */
export function importName(spec: Pick<ContractImport, "id" | "name" | "from" | "meshes">): string {
  return `import-${spec.id ?? importId({ from: importedFrom(spec), name: spec.name })}`;
}

/**
 * Label of an endpoint that can do mTLS with mesh identities. A rule without TLS settings uses it for such endpoints
 * only, and plain text for all others. A rule with a TLS mode ignores the label.
 * https://github.com/istio/istio/blob/1.28.0/pilot/pkg/xds/endpoints/mtls_checker.go
 */
const mutualTls = { "security.istio.io/tlsMode": "istio" };

/**
 * ServiceEntry by which the importing mesh knows a peer's service; undefined for a blended import, whose endpoints
 * join the local Service.
 *
 * - STATIC where all gateways are IPs, else DNS, which takes both. MESH_INTERNAL: mTLS with mesh identities applies.
 * - An endpoint's port is the gateway's; the SNI keeps the service's port, so one gateway port serves all of them.
 * - subjectAltNames are pinned: without them any workload with a trusted certificate could answer.
 * - network and locality say where the endpoint is. The network has a name of this program, of which Istio knows no
 *   gateway, so it uses the endpoint as it is.
 * - The endpoints' label lets a client use mTLS without a DestinationRule, and with one of others that sets no TLS.
 *   Where another name here needs another SNI, only the import's own rule has it.
 *
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export function importServiceEntry(spec: ResolvedImport) {
  if (spec.blend) return undefined;
  return {
    metadata: metadata(spec),
    spec: {
      hosts: [spec.host],
      ports: spec.ports.map((p) => ({ number: p.number, name: p.name, protocol: p.protocol })),
      location: "MESH_INTERNAL",
      resolution: spec.gateways.every((g) => isIP(g.address) !== 0) ? "STATIC" : "DNS",
      endpoints: spec.gateways.map((g) => ({
        address: g.address,
        ports: gatewayPorts(spec, g.port),
        labels: mutualTls,
        network: g.network,
        locality: g.locality,
        ...weightOf(g),
      })),
      subjectAltNames: spec.subjectAltNames,
      exportTo: spec.visibleTo,
    },
  };
}

/**
 * DestinationRule of an import; undefined for one without (see `ruleIsNeeded`).
 *
 * - Remote only: mTLS with mesh identities. The SNI is left to Istio, whose default is exactly what an AUTO_PASSTHROUGH
 *   gateway matches (see `autoPassthroughSni`), per port and subset; under another name here it is given per port.
 * - Blended: no TLS settings, so that each endpoint gets what it can (auto mTLS); a rule for all would break local pods
 *   without a sidecar.
 * - A subset has no labels: its name in the SNI picks the pods over there, and a gateway has no version label to match.
 * - A port's settings replace the rule's whole policy, so they repeat everything in it: what the user has set, too.
 *
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/
 */
export function importDestinationRule(spec: ResolvedImport) {
  if (!spec.hasRule) return undefined;
  const renamed = !spec.blend && spec.host !== spec.exportedHost;
  const settings = trafficSettings(spec.trafficPolicy ?? {}, outlierDetectionOf(spec));
  const policyFor = (subset: string) => ({
    ...(spec.blend ? {} : { tls: { mode: "ISTIO_MUTUAL" } }),
    ...settings,
    ...(renamed
      ? {
          portLevelSettings: spec.ports.map((p) => ({
            port: { number: p.number },
            tls: { mode: "ISTIO_MUTUAL", sni: autoPassthroughSni(spec.exportedHost, p.number, subset) },
            ...settings,
          })),
        }
      : {}),
  });
  const subsets = spec.subsets.map((name) => (renamed ? { name, trafficPolicy: policyFor(name) } : { name }));
  return {
    metadata: metadata(spec),
    spec: {
      host: spec.host,
      trafficPolicy: policyFor(""),
      ...(subsets.length > 0 ? { subsets } : {}),
      exportTo: spec.visibleTo,
    },
  };
}

/**
 * WorkloadEntries that add the peers' gateways to the local Service of a blended import; empty for any other.
 *
 * They stand in the Service's namespace and carry its selector's labels, which is how a Service picks them. Network and
 * locality make them the ones to fail over to, and keep this mesh's own gateway from handing them on. An endpoint names
 * one account, so several accounts take several entries; Istio pins all accounts of a host together.
 *
 * https://istio.io/latest/docs/reference/config/networking/workload-entry/
 */
export function importWorkloadEntries(spec: ResolvedImport) {
  const { blend } = spec;
  if (!blend) return [];
  return spec.gateways.flatMap((g, i) =>
    blend.serviceAccounts.map((serviceAccount, j) => {
      const part = blend.serviceAccounts.length > 1 ? `${i}-${j}` : String(i);
      return {
        part,
        metadata: metadata(spec, `${importName(spec)}-${part}`),
        spec: {
          address: g.address,
          ports: gatewayPorts(spec, g.port),
          labels: { ...blend.labels, ...mutualTls },
          network: g.network,
          locality: g.locality,
          ...weightOf(g),
          serviceAccount,
        },
      };
    }),
  );
}

/**
 * When an endpoint is left out for a while. Never where there is none to fail over to, because then it would only turn
 * some failures into all; said explicitly, because a rule that leaves this out inherits
 * `meshConfig.defaultTrafficPolicy` of Istio 1.31. Zero errors switch a detector off; a `maxEjectionPercent` of 0 would
 * be Envoy's default.
 *
 * It counts failures to connect, and never an application's 500. Where a different mesh, or this one, can answer
 * instead, it also counts 502, 503 and 504: a sidecar answers those for an application that refuses connections, and
 * behind another gateway address of the same mesh the answer would be the same. All of a small set may be left out: by
 * default (10 %) none of fewer than ten would be.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-DefaultTrafficPolicy
 */
function outlierDetectionOf(spec: ResolvedImport) {
  const elsewhere = spec.blend !== undefined || new Set(spec.gateways.map((g) => g.mesh)).size > 1;
  if (!elsewhere && spec.gateways.length < 2) return { consecutiveGatewayErrors: 0, consecutive5xxErrors: 0 };
  return {
    splitExternalLocalOriginErrors: true,
    consecutiveLocalOriginFailures: 3,
    consecutiveGatewayErrors: elsewhere ? 3 : 0,
    consecutive5xxErrors: 0,
    interval: "2s",
    baseEjectionTime: "10s",
    maxEjectionPercent: 100,
  };
}

function weightOf({ weight }: ResolvedImport["gateways"][number]): { weight?: number } {
  return weight === undefined ? {} : { weight };
}

/** Every port of the service is behind the gateway's one port. */
function gatewayPorts(spec: ResolvedImport, port: number): Record<string, number> {
  return Object.fromEntries(spec.ports.map((p) => [p.name, port]));
}

function metadata(spec: ResolvedImport, name?: string) {
  return federationMetadata("import", importName(spec), spec.namespace, { name });
}

import { autoPassthroughSni } from "./names.ts";
import type { ResolvedImport } from "./resolveImports.ts";

/** Labels on everything an import or export creates, so that a person finds its owner. */
export function federationLabels(part: "import" | "export" | "gateway", name: string): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "mesh-federation", [`mesh-federation.dev/${part}`]: name };
}

/** The Kubernetes name of an import's objects. */
export function importName(spec: { id: string }): string {
  return `import-${spec.id}`;
}

/**
 * ServiceEntry by which the importing mesh knows a peer's service.
 *
 * - STATIC: the endpoints are gateway IPs. MESH_INTERNAL: mTLS with mesh identities applies.
 * - An endpoint's port is the gateway's; the SNI keeps the service's port, so one gateway port serves all of them.
 * - subjectAltNames are pinned: without them any workload with a trusted certificate could answer.
 * - network and locality say where the endpoint is; no gateway of that network is known here, so it is used as it is.
 *
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export function importServiceEntry(spec: ResolvedImport) {
  return {
    metadata: { name: importName(spec), namespace: spec.namespace, labels: federationLabels("import", importName(spec)) },
    spec: {
      hosts: [spec.host],
      ports: spec.ports.map((p) => ({ number: p.number, name: p.name, protocol: p.protocol })),
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      endpoints: spec.gateways.map((g) => ({
        address: g.address,
        ports: Object.fromEntries(spec.ports.map((p) => [p.name, g.port])),
        network: g.network,
        locality: g.locality,
      })),
      subjectAltNames: spec.subjectAltNames,
      exportTo: spec.visibleTo,
    },
  };
}

/**
 * DestinationRule that makes clients use the mesh's mTLS towards the import. The SNI is left to Istio: its default is
 * exactly what an AUTO_PASSTHROUGH gateway matches (see `autoPassthroughSni`), per port.
 */
export function importDestinationRule(spec: ResolvedImport) {
  return {
    metadata: { name: importName(spec), namespace: spec.namespace, labels: federationLabels("import", importName(spec)) },
    spec: { host: spec.host, trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } }, exportTo: spec.visibleTo },
  };
}

/** The SNI names by which the peer's gateway knows the ports of an import. */
export function importSnis(spec: ResolvedImport): string[] {
  return spec.ports.map((p) => autoPassthroughSni(spec.host, p.number));
}

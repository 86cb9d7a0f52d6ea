import type { ExportPlan } from "./exportPlan.ts";
import { autoPassthroughPort, type GatewayIdentity } from "../cluster/gatewayObjects.ts";
import { federationMetadata, publicAnnotation } from "../objects/labels.ts";

/**
 * Gateway that passes mTLS through to exactly one exported host. Each export has its own, on the same port: adding or
 * removing one touches no other, and a wildcard host never appears.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
 */
export function exportGateway(gateway: GatewayIdentity, spec: ExportPlan) {
  return {
    metadata: federationMetadata(
      "export",
      spec.name,
      gateway.namespace,
      spec.public ? { annotations: { [publicAnnotation]: "true" } } : {},
    ),
    spec: {
      selector: gateway.labels,
      servers: [
        {
          port: { number: autoPassthroughPort, name: "tls", protocol: "TLS" },
          hosts: [spec.host],
          tls: { mode: "AUTO_PASSTHROUGH" },
        },
      ],
    },
  };
}

/**
 * ServiceEntry by which this mesh knows a mesh-neutral host of its own: the gateway has a filter chain for known
 * services only. It leads to the serving pods, and only the gateway's namespace sees it. Undefined for a Service's own host.
 */
export function exportServiceEntry(gateway: GatewayIdentity, spec: ExportPlan) {
  if (!spec.neutral) return undefined;
  return {
    metadata: federationMetadata("export", spec.name, spec.namespace),
    spec: {
      hosts: [spec.host],
      ports: spec.ports.map((p) => ({
        number: p.number,
        name: p.name,
        protocol: p.protocol,
        targetPort: spec.targetPorts[p.name] ?? p.number,
      })),
      location: "MESH_INTERNAL",
      resolution: "STATIC",
      workloadSelector: { labels: spec.selector! },
      exportTo: [gateway.namespace],
    },
  };
}

/**
 * DestinationRule with an export's subsets: the gateway has a filter chain per subset that it knows by a rule of its
 * own mesh, with labels that select the pods. Only the gateway's namespace sees it. Undefined without such subsets.
 */
export function exportDestinationRule(gateway: GatewayIdentity, spec: ExportPlan) {
  if (spec.subsetLabels.length === 0) return undefined;
  return {
    metadata: federationMetadata("export", spec.name, spec.namespace),
    spec: { host: spec.host, subsets: spec.subsetLabels, exportTo: [gateway.namespace] },
  };
}

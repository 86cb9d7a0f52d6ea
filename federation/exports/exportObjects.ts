import type { ExportPlan } from "./exportPlan.ts";
import { autoPassthroughPort, type GatewaySelector } from "../cluster/gatewayObjects.ts";
import { federationMetadata, publicAnnotation } from "../objects/labels.ts";

/**
 * Gateway that passes mTLS through to exactly one exported host. Each export has its own on the same port, so that
 * adding or removing one changes no other, and none has a wildcard host.
 * https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSmode
 */
export function exportGateway(gateway: GatewaySelector, spec: ExportPlan) {
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
 * ServiceEntry that defines a mesh-neutral host in the exporting mesh, because the gateway has filter chains for known
 * services only. It selects the serving pods and is visible to the gateway's namespace only. Undefined for a Service's
 * own host.
 */
export function exportServiceEntry(gateway: GatewaySelector, spec: ExportPlan) {
  if (!spec.meshNeutral) return undefined;
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
 * DestinationRule with the subsets of an export that have labels, because the gateway has filter chains for subsets of
 * rules in its own mesh only. It is visible to the gateway's namespace only. Undefined without such subsets.
 */
export function exportDestinationRule(gateway: GatewaySelector, spec: ExportPlan) {
  if (spec.subsetLabels.length === 0) return undefined;
  return {
    metadata: federationMetadata("export", spec.name, spec.namespace),
    spec: { host: spec.host, subsets: spec.subsetLabels, exportTo: [gateway.namespace] },
  };
}

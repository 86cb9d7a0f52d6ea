import { federationLabels } from "../objects/labels.ts";
import { autoPassthroughPort, statusPort } from "./gatewayObjects.ts";
import type { ManagedGateway } from "./gatewayValues.ts";
import { isMapping, type Values } from "../config/values.ts";

/** Types of Service that a gateway may have. */
export const serviceTypes = ["LoadBalancer", "NodePort", "ClusterIP"] as const;

/**
 * The Service in front of the gateway, from the chart's values `service`. It has the two ports that the gateway serves:
 * status, and mTLS from other networks. The port at which peers reach it is the Service's, or that of every node in a
 * Service of type NodePort.
 */
export function gatewayService(gateway: ManagedGateway) {
  const { type, annotations, spec } = serviceOf(gateway.values);
  const isBalanced = type === "LoadBalancer";
  const outer = isBalanced ? gateway.port : autoPassthroughPort;
  return {
    metadata: {
      name: gateway.name,
      namespace: gateway.namespace,
      labels: {
        ...gateway.labels,
        app: gateway.name,
        "topology.istio.io/network": gateway.network,
        // istiod takes 15443 for a network's gateway that names no port.
        ...(outer === autoPassthroughPort ? {} : { "networking.istio.io/gatewayPort": String(outer) }),
        ...federationLabels("gateway", gateway.name),
      },
      ...(annotations ? { annotations } : {}),
    },
    spec: {
      ...spec,
      type,
      selector: gateway.labels,
      ports: [
        { name: "status-port", port: statusPort, targetPort: statusPort, protocol: "TCP" },
        {
          name: "tls",
          port: outer,
          targetPort: autoPassthroughPort,
          protocol: "TCP",
          ...(type === "NodePort" ? { nodePort: gateway.port } : {}),
        },
      ],
    },
  };
}

/**
 * The Service that the chart would make of its values `service`: their names are those of a Service's spec. Empty
 * values say nothing there.
 */
export function serviceOf(values: Values): { type: string; annotations?: Values; spec: Record<string, unknown> } {
  const service = isMapping(values["service"]) ? values["service"] : {};
  const { type, annotations, ports: _, selectorLabels: __, ...fields } = service;
  const spec = Object.fromEntries(Object.entries(fields).filter(([, value]) => !saysNothing(value)));
  return {
    type: typeof type === "string" ? type : "LoadBalancer",
    ...(isMapping(annotations) && !saysNothing(annotations) ? { annotations } : {}),
    spec,
  };
}

function saysNothing(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );
}

import { defaultNodePortRange, istioNamespace } from "../config/defaults.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { autoPassthroughPort, managedGatewayLabels } from "./gatewayObjects.ts";
import { serviceOf, serviceTypes } from "./gatewayService.ts";
import { revisionOf } from "./revisions.ts";
import { isMapping, isSet, valueAt, type Values } from "../config/values.ts";

/**
 * What is wrong with a managed gateway: values for its chart that contradict what the program sets, or a Service that
 * peers could not reach at what is published. Any other value is the owner's to set.
 */
export function gatewayValueFindings(config: Pick<MeshConfig, "gateway" | "istio" | "mesh">): readonly Finding[] {
  const { gateway, istio, mesh } = config;
  const findings = new Findings();
  if (gateway.provider !== "managed") return findings.all;
  const values = gateway.values ?? {};
  for (const path of ["service", "service.annotations", "labels", "env", "podAnnotations"])
    if (isSet(values, path) && !isMapping(valueAt(values, path)))
      findings.add("config-value-invalid", {
        subject: `gateway.values.${path}`,
        problem: "must be a mapping",
        remedy: "",
      });
  const revision = revisionOf(istio);
  const fixed: Fixed[] = [
    { path: ["name"], value: gateway.name, reason: `gateway.name is "${gateway.name}"`, set: "Set gateway.name" },
    network(["networkGateway"], mesh.network),
    network(["env", "ISTIO_META_NETWORK"], mesh.network),
    network(["env", "ISTIO_META_REQUESTED_NETWORK_VIEW"], undefined),
    network(["labels", "topology.istio.io/network"], mesh.network),
    {
      path: ["revision"],
      value: revision,
      reason: `the revision of Istio is "${revision}"`,
      set: "Set istio.revision",
    },
    ...["app", "istio", ...Object.keys(managedGatewayLabels(gateway.name))].map((label) => selector(["labels", label])),
    selector(["service", "selectorLabels"]),
    ...[["networkGatewayPorts"], ["service", "ports"]].map((path) => ({
      path,
      value: undefined,
      reason: `the Service has the ports that the gateway serves, ${autoPassthroughPort} and status`,
      set: "Set gateway.port for another port towards peers",
    })),
  ];
  for (const one of fixed) checkFixed(values, one, findings);
  checkService(gateway, values, findings);
  if (gateway.createNamespace && istio.provider === "managed" && gateway.namespace === istioNamespace)
    findings.add("gateway-values-conflict", {
      subject: "gateway.createNamespace",
      problem: `is true, but namespace "${gateway.namespace}" is created with Istio`,
      remedy: "Remove it, or set another gateway.namespace",
    });
  return findings.all;
}

/** A value that the program sets. */
interface Fixed {
  /** Keys, which may have dots in them. */
  path: string[];
  /** The one that may be repeated; undefined: none. */
  value: string | undefined;
  reason: string;
  /** What to do besides removing the value. */
  set: string;
}

function network(path: string[], value: string | undefined): Fixed {
  return { path, value, reason: "the network is that of key mesh.network", set: "Set mesh.network" };
}

function selector(path: string[]): Fixed {
  return { path, value: undefined, reason: "the program selects the gateway's pods by it", set: "Set other labels" };
}

function checkFixed(values: Values, { path, value, reason, set }: Fixed, findings: Findings): void {
  const given = path.reduce<unknown>((inner, key) => (isMapping(inner) ? inner[key] : undefined), values);
  if (given === undefined || (value !== undefined && given === value)) return;
  findings.add("gateway-values-conflict", {
    subject: `gateway.values.${path.join(".")}`,
    problem: `is set, but ${reason}`,
    remedy: `${set}, and remove the value`,
  });
}

/** A Service of another type than LoadBalancer has no address of its own to publish. */
function checkService(
  gateway: Extract<MeshConfig["gateway"], { provider: "managed" }>,
  values: Values,
  findings: Findings,
): void {
  const { type } = serviceOf(values);
  const given = valueAt(values, "service.type");
  if (given !== undefined && !(serviceTypes as readonly unknown[]).includes(given))
    findings.add("config-value-invalid", {
      subject: "gateway.values.service.type",
      problem: `must be one of ${serviceTypes.join(", ")}`,
      remedy: "",
    });
  else if (type !== "LoadBalancer" && !gateway.addresses)
    findings.add("config-value-missing", {
      subject: "gateway.addresses",
      problem: `is missing; a Service of type ${type} has no address that could be published`,
      remedy: "Set the addresses at which peers reach the gateway",
    });
  if (type === "NodePort" && gateway.port === autoPassthroughPort)
    findings.add("config-value-missing", {
      subject: "gateway.port",
      problem: `is missing; a Service of type NodePort is reached at a port of the nodes (${defaultNodePortRange})`,
      remedy: "Set the port of the nodes",
    });
}

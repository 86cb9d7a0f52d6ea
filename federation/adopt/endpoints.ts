import { selects } from "../checks/liveCluster.ts";
import { listOf, mappingOf, type Values } from "../config/values.ts";
import { ofKind, type HandMadeObject } from "./handMade.ts";

/** How endpoints of another mesh are told from others. */
export interface RemoteRule {
  /** Ports of gateways of other meshes. */
  ports: readonly number[];
  /** Network of this mesh; undefined or empty where it has none. */
  network?: string | undefined;
}

/** An endpoint in another mesh. */
export interface RemoteEndpoint {
  /** Empty where only the network leads to it. */
  address: string;
  /** Port of the gateway; undefined where only the network leads to it. */
  port?: number | undefined;
  /** Empty where none is named. */
  network: string;
  /** The mesh or cluster that its labels name; empty where they name none. */
  peer: string;
}

/** What Istio reads the network of an endpoint from, besides its field. https://istio.io/latest/docs/reference/config/labels/ */
const networkLabel = "topology.istio.io/network";
const clusterLabel = "topology.istio.io/cluster";

/** The ports of a ServiceEntry. */
export function entryPorts(spec: Values): { name: string; number: number; protocol: string }[] {
  return listOf(spec["ports"])
    .map(mappingOf)
    .flatMap(({ name, number, protocol }) =>
      typeof number === "number" ? [{ name: textOf(name), number, protocol: textOf(protocol) || "TCP" }] : [],
    );
}

/** The endpoints of a ServiceEntry that are in another mesh: its own, and those that its selector selects. */
export function remoteEndpointsOf(
  entry: HandMadeObject,
  objects: readonly HandMadeObject[],
  rule: RemoteRule,
): RemoteEndpoint[] {
  const own = listOf(entry.spec["endpoints"]).map(mappingOf);
  const selected = selectedEntries(entry, objects).map(endpointOfEntry);
  return [...own, ...selected].flatMap((endpoint) => remoteEndpoint(endpoint, entry.spec, rule));
}

/** The WorkloadEntries that a ServiceEntry selects, which are in its namespace. */
export function selectedEntries(entry: HandMadeObject, objects: readonly HandMadeObject[]): HandMadeObject[] {
  const labels = textsOf(mappingOf(entry.spec["workloadSelector"])["labels"]);
  return ofKind(objects, "WorkloadEntry").filter(
    (found) => found.namespace === entry.namespace && selects(labels, labelsOf(found)),
  );
}

/** The endpoint of a WorkloadEntry that is in another mesh. Without ports of its own it may have any. */
export function remoteEntry(entry: HandMadeObject, rule: RemoteRule): RemoteEndpoint[] {
  return remoteEndpoint(endpointOfEntry(entry), {}, rule);
}

/** The labels by which a WorkloadEntry is selected: those of its spec and its own. */
export function labelsOf(entry: HandMadeObject): Record<string, string> {
  return { ...entry.labels, ...textsOf(entry.spec["labels"]) };
}

function endpointOfEntry(entry: HandMadeObject): Values {
  return { ...entry.spec, labels: labelsOf(entry) };
}

/**
 * An endpoint is in another mesh where it has the port of a gateway, or is in another network.
 * https://github.com/istio/istio/blob/1.31.0/pilot/pkg/xds/endpoints/ep_filters.go (EndpointsByNetworkFilter)
 */
function remoteEndpoint(endpoint: Values, spec: Values, { ports, network: own }: RemoteRule): RemoteEndpoint[] {
  const labels = textsOf(endpoint["labels"]);
  const network = textOf(endpoint["network"]) || (labels[networkLabel] ?? "");
  const named = Object.values(mappingOf(endpoint["ports"])).filter((port) => typeof port === "number");
  const reached = named.length > 0 ? named : entryPorts(spec).map(({ number }) => number);
  const port = reached.find((number) => ports.includes(number));
  if (port === undefined && (network === "" || network === (own ?? ""))) return [];
  return [
    {
      address: textOf(endpoint["address"]),
      port: port ?? named[0],
      network,
      peer: labels["mesh"] || labels[clusterLabel] || "",
    },
  ];
}

/** The texts of a mapping. */
export function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(mappingOf(value)).flatMap(([key, text]) => (typeof text === "string" ? [[key, text]] : [])),
  );
}

/** A value if it is a text, otherwise an empty one. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

import { clientLabels } from "../federation/imports/clientLabels.ts";
import { spiffeId } from "../federation/objects/names.ts";
import type { Client, Edge } from "./edge.ts";

/** The pods of a client, for people. */
export function clientPods(client: Client): string {
  const labels = Object.entries(clientLabels(client) ?? {}).map(([key, value]) => `${key}=${value}`);
  const labelled = labels.length === 0 ? "" : ` with label${labels.length > 1 ? "s" : ""} ${labels.join(", ")}`;
  return `service account ${client.serviceAccount}${labelled} in namespace ${client.namespace}`;
}

/** The SPIFFE id by which the target must see the client of an edge. */
export function clientId({ client, trustDomain }: Pick<Edge, "client" | "trustDomain">): string {
  return client.spiffeId ?? spiffeId(trustDomain, client.namespace, client.serviceAccount);
}

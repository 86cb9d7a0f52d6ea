import type { ContractExport, ContractImport } from "../contract/contract.ts";
import { callersFor } from "./exportCallers.ts";
import { allCallers } from "./exportPlan.ts";

type Client = Pick<NonNullable<ContractImport["client"]>, "namespace" | "serviceAccount" | "spiffeId">;

/** `namespace/account` of a client. */
export function accountOf({ namespace, serviceAccount }: Client): string {
  return `${namespace}/${serviceAccount}`;
}

/** Whether an export may admit a client of a mesh. Trust domains are not compared: each mesh has its own. */
export function mayAdmit(
  found: Pick<ContractExport, "callers" | "callerIds" | "callersByMesh">,
  client: Client,
  mesh: string,
): boolean {
  if (allCallers(found).length === 0) return true;
  const path = `/ns/${client.namespace}/sa/${client.serviceAccount}`;
  if (client.spiffeId === undefined || pathOf(client.spiffeId) === path)
    return callersFor(found, mesh).includes(accountOf(client)) || found.callerIds.some((id) => pathOf(id) === path);
  return found.callerIds.includes(client.spiffeId);
}

function pathOf(id: string): string {
  return id.replace(/^spiffe:\/\/[^/]+/, "");
}

import type { ContractImport } from "../contract/contract.ts";

type Client = NonNullable<ContractImport["client"]>;

/** Labels of a client's pods; undefined where all pods of its service account are meant. */
export function clientLabels({ labels, app }: Pick<Client, "labels" | "app">): Record<string, string> | undefined {
  return labels ?? (app === "" ? undefined : { app });
}

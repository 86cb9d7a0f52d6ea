import { isDeepStrictEqual } from "node:util";
import { hasUnknown, reveal, type Values } from "../shared/values.ts";

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string } }[];
  clusters?: { name: string; cluster?: Record<string, unknown> }[];
}

/**
 * Whether two sets of a provider's inputs lead to the same cluster: its address, its certificate authority, and
 * whatever else there is of it.
 */
export async function sameCluster(olds: Values, news: Values): Promise<boolean> {
  if (hasUnknown(olds) || hasUnknown(news)) return false;
  const [before, after] = [await activeCluster(olds), await activeCluster(news)];
  return before !== undefined && isDeepStrictEqual(before, after);
}

/**
 * What a provider's kubeconfig says of the cluster that its `cluster` or `context`, or else the current context,
 * names.
 */
async function activeCluster(provider: Values): Promise<Record<string, unknown> | undefined> {
  const { kubeconfig, context, cluster } = reveal(provider) as {
    kubeconfig?: string;
    context?: string;
    cluster?: string;
  };
  const config = await parsed(kubeconfig ?? "");
  const chosen = config.contexts?.find(({ name }) => name === (context || config["current-context"]));
  const wanted = cluster || chosen?.context?.cluster;
  return config.clusters?.find(({ name }) => name === wanted)?.cluster;
}

/** Parsed text of a kubeconfig; nothing for what is none. */
async function parsed(text: string): Promise<Kubeconfig> {
  const { parse } = await import("yaml"); // needed only where a provider changes
  try {
    const value: unknown = parse(text);
    return typeof value === "object" && value !== null ? (value as Kubeconfig) : {};
  } catch {
    return {};
  }
}

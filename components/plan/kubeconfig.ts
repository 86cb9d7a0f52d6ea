import { parse } from "yaml";
import { Problem } from "./problem.ts";

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string; user?: string } }[];
  clusters?: { name: string; cluster?: { server?: string } }[];
  users?: { name: string; user?: { exec?: { command?: string } } }[];
}

/** What of a kubeconfig's context is looked at. */
export interface KubeconfigContext {
  /** URL of the API server. */
  server: string;
  /** Name of the user. */
  user?: string;
  /** The program that gives the user's credentials, where one does. */
  credentialProgram?: string;
}

const twoWays = "the text of a kubeconfig file (secret key kubeconfig) or its path (cluster.kubeconfigPath)";

/**
 * The context of a kubeconfig that is used.
 * @param context its name; default the current one
 * @throws Problem that repeats none of the text, when it is no kubeconfig or lacks the context; names the contexts there are
 */
export function contextOf(text: string, context?: string): KubeconfigContext {
  let config: Kubeconfig | null;
  try {
    config = parse(text) as Kubeconfig | null;
  } catch {
    throw new Problem(`the kubeconfig is not YAML; give ${twoWays}`);
  }
  const list = <T extends { name: string }>(key: "contexts" | "clusters" | "users"): T[] => {
    const entries: unknown = typeof config === "object" ? config?.[key] : undefined;
    return Array.isArray(entries) ? entries.filter((e) => typeof e?.name === "string") : [];
  };
  const contexts = list<NonNullable<Kubeconfig["contexts"]>[number]>("contexts");
  if (contexts.length === 0) throw new Problem(`the kubeconfig has no contexts, so it is none; give ${twoWays}`);
  const wanted = context ?? config?.["current-context"];
  const there = `it has: ${contexts.map((c) => c.name).join(", ")}`;
  if (!wanted) throw new Problem(`the kubeconfig has no current-context, and cluster.context names none; ${there}. Set cluster.context to one of them`);
  const found = contexts.find((c) => c.name === wanted)?.context;
  if (!found) throw new Problem(`cluster.context: the kubeconfig has no context "${wanted}"; ${there}. Set cluster.context to one of them`);
  const server = list<NonNullable<Kubeconfig["clusters"]>[number]>("clusters").find((c) => c.name === found.cluster)?.cluster?.server;
  if (!server) throw new Problem(`the kubeconfig's context "${wanted}" names the cluster "${found.cluster ?? ""}", of which it has no server; mend the kubeconfig, or set cluster.context to another of its contexts (${there})`);
  const user = list<NonNullable<Kubeconfig["users"]>[number]>("users").find((u) => u.name === found.user);
  return { server, user: user?.name, credentialProgram: user?.user?.exec?.command };
}

/**
 * Throws a `Problem` when the credentials come from a program that this machine lacks: the text of a kubeconfig can be
 * carried to any machine, such a program has to be there.
 * @param isThere whether a program can be started, by its path or its name
 */
export function checkCredentialProgram({ user, credentialProgram }: KubeconfigContext, isThere: (program: string) => boolean): void {
  if (!credentialProgram || isThere(credentialProgram)) return;
  throw new Problem(
    `the kubeconfig's user "${user}" gets its credentials from the program "${credentialProgram}", which is not on this machine's PATH; install it where Pulumi runs, or give a kubeconfig whose user has a token or a client certificate`,
  );
}

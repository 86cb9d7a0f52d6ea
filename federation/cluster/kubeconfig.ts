import { isAbsolute, resolve } from "node:path";
import { isMap, isSeq, parse, parseDocument, type YAMLMap } from "yaml";
import { Problem } from "../errors/problem.ts";

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string; user?: string } }[];
  clusters?: { name: string; cluster?: Record<string, unknown> & { server?: string } }[];
  users?: {
    name: string;
    user?: Record<string, unknown> & { exec?: { command?: string }; "auth-provider"?: { name?: string } };
  }[];
}

/** What of a kubeconfig's context is looked at. */
export interface KubeconfigContext {
  /** URL of the API server. */
  server: string;
  /** Name of the user. */
  user?: string;
  /** The program that gives the user's credentials, where one does. */
  credentialProgram?: string;
  /** Name of the client's own login method, where the user has one: such methods are older than programs. */
  authProvider?: string;
  /** The files that it refers to. */
  files: string[];
}

/** Keys that hold the path of a file, by the list they stand in and the mapping in its entries. */
const fileKeys = [
  ["clusters", "cluster", ["certificate-authority"]],
  ["users", "user", ["client-certificate", "client-key", "tokenFile"]],
] as const;

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
  if (!wanted)
    throw new Problem(
      `the kubeconfig has no current-context, and cluster.context names none; ${there}. Set cluster.context to one of them`,
    );
  const found = contexts.find((c) => c.name === wanted)?.context;
  if (!found)
    throw new Problem(
      `cluster.context: the kubeconfig has no context "${wanted}"; ${there}. Set cluster.context to one of them`,
    );
  const cluster = list<NonNullable<Kubeconfig["clusters"]>[number]>("clusters").find(
    (c) => c.name === found.cluster,
  )?.cluster;
  const server = cluster?.server;
  if (!server)
    throw new Problem(
      `the kubeconfig's context "${wanted}" names the cluster "${found.cluster ?? ""}", of which it has no server; mend the kubeconfig, or set cluster.context to another of its contexts (${there})`,
    );
  const user = list<NonNullable<Kubeconfig["users"]>[number]>("users").find((u) => u.name === found.user);
  const files = fileKeys
    .flatMap(([, inner, keys]) => keys.map((key) => (inner === "cluster" ? cluster : user?.user)?.[key]))
    .filter((f) => typeof f === "string" && f !== "");
  return {
    server,
    user: user?.name,
    credentialProgram: user?.user?.exec?.command,
    authProvider: user?.user?.["auth-provider"]?.name,
    files: files as string[],
  };
}

/**
 * A kubeconfig whose references to files and programs hold wherever it is read: relative ones count from its own folder.
 * A text without relative ones is returned as it is. https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#file-references
 * @param folder of the kubeconfig; undefined for a text that came without a file
 * @throws Problem when there is a relative reference and no folder to count from
 */
export function withAbsolutePaths(text: string, folder: string | undefined): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text; // told by contextOf
  let changed = false;
  const mend = (map: unknown, key: string): void => {
    const path = isMap(map) ? map.get(key) : undefined;
    if (typeof path !== "string" || path === "" || isAbsolute(path)) return;
    // A program without a slash is looked up on the PATH.
    if (key === "command" && !path.includes("/")) return;
    if (!folder)
      throw new Problem(
        `the kubeconfig's ${key} "${path}" is a relative path, which counts from the folder of the kubeconfig's file, and a secret has none; give an absolute path, the data itself (\`kubectl config view --flatten --raw\`), or the file as cluster.kubeconfigPath`,
      );
    (map as YAMLMap).set(key, resolve(folder, path));
    changed = true;
  };
  for (const [outer, inner, keys] of fileKeys) {
    const entries = isMap(document.contents) ? document.contents.get(outer) : undefined;
    for (const entry of isSeq(entries) ? entries.items : []) {
      const map = isMap(entry) ? entry.get(inner) : undefined;
      for (const key of keys) mend(map, key);
      if (isMap(map)) mend(map.get("exec"), "command");
    }
  }
  return changed ? document.toString({ lineWidth: 0 }) : text;
}

/**
 * Throws a `Problem` when the credentials cannot be had on this machine: the text of a kubeconfig can be carried to any
 * machine, the programs and files that it names have to be there.
 * @param canBeStarted whether a program can be started, by its path or its name
 * @param canBeRead whether a file can be read, by its path
 */
export function checkCredentials(
  { user, credentialProgram, authProvider, files }: KubeconfigContext,
  canBeStarted: (program: string) => boolean,
  canBeRead: (file: string) => boolean,
): void {
  for (const file of files)
    if (!canBeRead(file))
      throw new Problem(
        `the kubeconfig refers to the file "${file}", which cannot be read on this machine; put it there, or give a kubeconfig that holds the data itself (\`kubectl config view --flatten --raw\`)`,
      );
  // https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.26.md: the others are gone from the client.
  if (authProvider && authProvider !== "oidc")
    throw new Problem(
      `the kubeconfig's user "${user}" has the auth-provider "${authProvider}", which Kubernetes clients no longer know; give a kubeconfig whose user has a token, a client certificate, or a credential program (exec)`,
    );
  if (!credentialProgram || canBeStarted(credentialProgram)) return;
  throw new Problem(
    `the kubeconfig's user "${user}" gets its credentials from the program "${credentialProgram}", which is not on this machine's PATH; install it where Pulumi runs, or give a kubeconfig whose user has a token or a client certificate`,
  );
}

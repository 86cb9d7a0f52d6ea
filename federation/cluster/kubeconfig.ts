import { isAbsolute, resolve } from "node:path";
import { isMap, isSeq, parse, parseDocument, type YAMLMap } from "yaml";
import { UserError } from "../errors/userError.ts";

interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string; user?: string } }[];
  clusters?: { name: string; cluster?: Record<string, unknown> & { server?: string } }[];
  users?: {
    name: string;
    user?: Record<string, unknown> & { exec?: { command?: string }; "auth-provider"?: { name?: string } };
  }[];
}

/** The parts of a kubeconfig's context that are used. */
export interface KubeconfigContext {
  /** URL of the API server. */
  server: string;
  /** Name of the user. */
  user?: string;
  /** Program that prints the user's credentials. */
  credentialProgram?: string;
  /** Name of the login method built into old clients. */
  authProvider?: string;
  /** The files that it refers to. */
  files: string[];
}

/** Keys with a path of a file: list, mapping in its entries, keys. */
const fileKeys = [
  ["clusters", "cluster", ["certificate-authority"]],
  ["users", "user", ["client-certificate", "client-key", "tokenFile"]],
] as const;

/** The two ways to give a kubeconfig. */
const kubeconfigKeys = "Give the text of a kubeconfig (secret key kubeconfig) or its path (cluster.kubeconfigPath)";
const subject = "kubeconfig";

/**
 * The context of a kubeconfig that is used. Errors repeat nothing of the text but the names of contexts.
 * @param context its name; default: the current one
 * @throws UserError when the text is not a kubeconfig, or has no such context
 */
export function contextOf(text: string, context?: string): KubeconfigContext {
  const config = parsedKubeconfig(text);
  const contexts = entries<NonNullable<Kubeconfig["contexts"]>[number]>(config, "contexts");
  if (contexts.length === 0)
    throw new UserError("kubeconfig-invalid", { subject, problem: "it has no contexts", remedy: kubeconfigKeys });
  const names = contexts.map((entry) => entry.name).join(", ");
  const remedy = `Set cluster.context to one of its contexts: ${names}`;
  const wanted = context ?? config?.["current-context"];
  if (!wanted) {
    const problem = "it has no current-context, and cluster.context is not set";
    throw new UserError("kubeconfig-context-missing", { subject, problem, remedy });
  }
  const found = contexts.find((entry) => entry.name === wanted)?.context;
  if (!found) {
    const problem = `the kubeconfig has no context "${wanted}"`;
    throw new UserError("kubeconfig-context-missing", { subject: "cluster.context", problem, remedy });
  }
  const clusters = entries<NonNullable<Kubeconfig["clusters"]>[number]>(config, "clusters");
  const cluster = clusters.find((entry) => entry.name === found.cluster)?.cluster;
  if (!cluster?.server) {
    const problem = `its context "${wanted}" names the cluster "${found.cluster ?? ""}", for which it has no server`;
    throw new UserError("kubeconfig-invalid", { subject, problem, remedy: `Correct the kubeconfig. ${remedy}` });
  }
  const users = entries<NonNullable<Kubeconfig["users"]>[number]>(config, "users");
  const user = users.find((entry) => entry.name === found.user);
  const files = fileKeys.flatMap(([, inner, keys]) =>
    keys.map((key) => (inner === "cluster" ? cluster : user?.user)?.[key]),
  );
  return {
    server: cluster.server,
    user: user?.name,
    credentialProgram: user?.user?.exec?.command,
    authProvider: user?.user?.["auth-provider"]?.name,
    files: files.filter((file): file is string => typeof file === "string" && file !== ""),
  };
}

function parsedKubeconfig(text: string): Kubeconfig | null {
  try {
    return parse(text) as Kubeconfig | null;
  } catch {
    throw new UserError("kubeconfig-invalid", { subject, problem: "it is not YAML", remedy: kubeconfigKeys });
  }
}

function entries<T extends { name: string }>(config: unknown, key: keyof Kubeconfig): T[] {
  const found: unknown = typeof config === "object" ? (config as Kubeconfig | null)?.[key] : undefined;
  return Array.isArray(found) ? found.filter((entry) => typeof entry?.name === "string") : [];
}

/**
 * A kubeconfig with absolute paths of files and programs: relative paths start at the kubeconfig's directory. A text
 * without relative paths is returned unchanged.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#file-references
 * @param folder directory of the kubeconfig; undefined for a text without a file
 * @throws UserError for a relative path in a text without a file
 */
export function withAbsolutePaths(text: string, folder: string | undefined): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return text; // contextOf reports it
  let changed = false;
  const makeAbsolute = (map: unknown, key: string): void => {
    const path = isMap(map) ? map.get(key) : undefined;
    if (typeof path !== "string" || path === "" || isAbsolute(path)) return;
    // A program without a slash is searched for on the PATH.
    if (key === "command" && !path.includes("/")) return;
    if (!folder) throw relativePath(key, path);
    (map as YAMLMap).set(key, resolve(folder, path));
    changed = true;
  };
  for (const [outer, inner, keys] of fileKeys) {
    const list = isMap(document.contents) ? document.contents.get(outer) : undefined;
    for (const entry of isSeq(list) ? list.items : []) {
      const map = isMap(entry) ? entry.get(inner) : undefined;
      for (const key of keys) makeAbsolute(map, key);
      if (isMap(map)) makeAbsolute(map.get("exec"), "command");
    }
  }
  return changed ? document.toString({ lineWidth: 0 }) : text;
}

function relativePath(key: string, path: string): UserError {
  return new UserError("kubeconfig-path-relative", {
    subject,
    problem: `its ${key} "${path}" is a relative path, and a secret has no directory`,
    remedy:
      "Give an absolute path, the data itself (`kubectl config view --flatten --raw`), " +
      "or the file as cluster.kubeconfigPath",
  });
}

/**
 * Checks that this machine has the files and programs that a kubeconfig names.
 * @param canRun whether a program exists, by its path or name
 * @param canRead whether a file can be read, by its path
 * @throws UserError that names what is missing
 */
export function checkCredentials(
  { user, credentialProgram, authProvider, files }: KubeconfigContext,
  canRun: (program: string) => boolean,
  canRead: (file: string) => boolean,
): void {
  for (const file of files)
    if (!canRead(file))
      throw new UserError("kubeconfig-file-unreadable", {
        subject,
        problem: `it refers to the file "${file}", which this machine cannot read`,
        remedy: "Put it there, or give a kubeconfig with the data itself (`kubectl config view --flatten --raw`)",
      });
  // https://github.com/kubernetes/kubernetes/blob/master/CHANGELOG/CHANGELOG-1.26.md removes the others.
  if (authProvider && authProvider !== "oidc")
    throw new UserError("kubeconfig-login-unsupported", {
      subject,
      problem: `its user "${user}" has the auth-provider "${authProvider}", which Kubernetes clients no longer support`,
      remedy: "Give a kubeconfig whose user has a token, a client certificate, or a credential program (exec)",
    });
  if (!credentialProgram || canRun(credentialProgram)) return;
  throw new UserError("kubeconfig-program-missing", {
    subject,
    problem: `its user "${user}" needs the program "${credentialProgram}", which is not on this machine's PATH`,
    remedy: "Install it where Pulumi runs, or give a kubeconfig whose user has a token or a client certificate",
  });
}

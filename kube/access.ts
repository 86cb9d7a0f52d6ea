import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { isLoopback } from "../federation/cluster/addressRange.ts";
import { UserError } from "../federation/errors/userError.ts";

/** How to reach an API server. */
export interface Access {
  /** URL of the API server. */
  server: string;
  /** TLS settings, credentials and, where needed, a proxy for one request. Tokens of credential plugins may expire. */
  options(): Promise<RequestOptions>;
}

/** The parts of a kubeconfig that are read here. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
interface Kubeconfig {
  "current-context"?: string;
  contexts?: { name: string; context?: { cluster?: string; user?: string } }[];
  clusters?: { name: string; cluster?: Record<string, string | boolean> & { server?: string } }[];
  users?: { name: string; user?: Record<string, string> }[];
}

/** Keys of a kubeconfig that need neither a file, nor a program, nor a proxy. */
const inlineKeys = {
  cluster: ["server", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name"],
  user: ["token", "client-certificate-data", "client-key-data"],
};

/**
 * Reads a kubeconfig. Throws a `UserError` where it has no cluster for the context.
 * @param context name of a context; default: the current one
 */
export function readAccess(kubeconfig: string, context: string | undefined): Access {
  const config = (parse(kubeconfig) ?? {}) as Kubeconfig;
  const name = context ?? config["current-context"];
  const selected = config.contexts?.find((c) => c.name === name)?.context;
  const cluster = config.clusters?.find((c) => c.name === selected?.cluster)?.cluster;
  const user = config.users?.find((u) => u.name === selected?.user)?.user;
  if (!cluster?.server)
    throw new UserError("kubeconfig-without-cluster", {
      subject: "kubeconfig",
      problem: `there is no cluster for ${name ? `context "${name}"` : "the current context, which is not set"}`,
      remedy: "Set cluster.context to a context of the kubeconfig, or correct the kubeconfig",
    });
  const inline = user && isInline(cluster, inlineKeys.cluster) && isInline(user, inlineKeys.user);
  const options = inline ? async () => inlineOptions(cluster, user) : libraryOptions(kubeconfig, context);
  const { server } = cluster;
  // The kubeconfig's own proxy is the library's; it goes before those of the environment.
  const proxied = cluster["proxy-url"] ? options : async () => ({ ...(await options()), ...proxyAgent(server) });
  return { server: server.replace(/\/$/, ""), options: proxied };
}

/**
 * Agent that uses HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as kubectl does. A loopback server is never proxied.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
function proxyAgent(server: string): Pick<RequestOptions, "agent"> {
  const { protocol, hostname } = new URL(server);
  const { env } = process;
  const isSet = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].some((name) => env[name]);
  if (isLoopback(hostname) || !isSet) return {};
  return { agent: new (protocol === "http:" ? HttpAgent : HttpsAgent)({ proxyEnv: env }) };
}

function isInline(settings: object, keys: string[]): boolean {
  return Object.keys(settings).every((key) => keys.includes(key));
}

function inlineOptions(cluster: Record<string, string | boolean>, user: Record<string, string>): RequestOptions {
  // A key that is there without a value is null.
  const decode = (base64: unknown) => (base64 == null ? undefined : Buffer.from(String(base64), "base64"));
  return {
    ca: decode(cluster["certificate-authority-data"]),
    cert: decode(user["client-certificate-data"]),
    key: decode(user["client-key-data"]),
    ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    ...(cluster["tls-server-name"] ? { servername: String(cluster["tls-server-name"]) } : {}),
    ...(user["token"] ? { headers: { authorization: `Bearer ${user["token"]}` } } : {}),
  };
}

/** Options of any other kubeconfig, by the client library: files, credential plugins, proxies. */
function libraryOptions(kubeconfig: string, context: string | undefined): Access["options"] {
  let loading: Promise<KubeConfig> | undefined;
  const load = async (): Promise<KubeConfig> => {
    // The library is slow to load (docs/decisions/0018-one-kubernetes-client.md), its index slower than this part of
    // it.
    const { KubeConfig: Config } = (await import("@kubernetes/client-node/dist/config.js")) as {
      KubeConfig: new () => KubeConfig;
    };
    const config = new Config();
    config.loadFromString(kubeconfig);
    if (context) config.setCurrentContext(context);
    // The library refuses http without this setting, which is about certificates; the user chose http.
    const cluster = config.getCurrentCluster();
    if (cluster?.server.startsWith("http:")) Object.assign(cluster, { skipTLSVerify: true });
    return config;
  };
  return async () => {
    const options: RequestOptions = {};
    await (await (loading ??= load())).applyToHTTPSOptions(options);
    return options;
  };
}

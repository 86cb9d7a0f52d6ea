import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubeConfig } from "@kubernetes/client-node";
import { Unreachable, type Cluster, type HttpOptions } from "./cluster.ts";
import { kubeconfigText, type ProviderConfig } from "./config.ts";
import { Kinds } from "./kinds.ts";
import { rateLimit } from "./rateLimit.ts";
import { retryReset } from "./retryReset.ts";

/** Timeout of a connection, in milliseconds. */
const connectTimeout = 5_000;
/** How long an exchange may take, in milliseconds: longer than the 30 s that webhooks may take at most. */
const answerTimeout = 60_000;

/**
 * The cluster that a provider's configuration leads to. Nothing is sent yet. Throws when the kubeconfig is not
 * usable.
 */
export async function connect(config: ProviderConfig): Promise<Cluster> {
  // The package's index would load every API of Kubernetes: half a second in every preview.
  const { KubeConfig: Config } = (await import("@kubernetes/client-node/dist/config.js")) as {
    KubeConfig: new () => KubeConfig;
  };
  const kube = new Config();
  const text = kubeconfigText(config.kubeconfig);
  try {
    kube.loadFromString(text);
  } catch (error) {
    throw new Error(`the provider's kubeconfig cannot be read: ${(error as Error).message}`);
  }
  if (config.context) {
    if (!kube.getContextObject(config.context))
      throw new Error(
        `the kubeconfig has no context "${config.context}"; it has ${
          kube
            .getContexts()
            .map((c) => c.name)
            .join(", ") || "none"
        }`,
      );
    kube.setCurrentContext(config.context);
  }
  const current = kube.getContextObject(kube.getCurrentContext());
  if (config.cluster && current) Object.assign(current, { cluster: config.cluster });
  const server = kube.getClusters().find((c) => c.name === current?.cluster);
  if (!server)
    throw new Error(
      `the kubeconfig names no cluster for context "${kube.getCurrentContext()}"; set context to one of: ${kube
        .getContexts()
        .map((c) => c.name)
        .join(", ")}`,
    );
  const request = requesterOf(kube, server.server, config);
  const kinds = new Kinds(request);
  return {
    kubeconfigText: await textFor(config, text, kube.getCurrentContext()),
    context: config.context,
    server: server.server,
    namespace: config.namespace ?? current?.namespace ?? "default",
    options: config.options,
    request,
    resourceOf: (apiVersion, kind) => kinds.find(apiVersion, kind),
    serverVersion: async () => String((await request("GET", "/version")).body.gitVersion),
    apiVersions: () => kinds.all(),
  };
}

/**
 * A provider whose configuration leads to no cluster: as the official plugin, it is one whose cluster does not
 * answer.
 */
export function noCluster({ context, namespace, options }: ProviderConfig, reason: string): Cluster {
  const unreachable = (): never => {
    throw new Unreachable(`configured Kubernetes cluster is unreachable: ${reason}`);
  };
  const fail = async (): Promise<never> => unreachable();
  return {
    get kubeconfigText() {
      return unreachable();
    },
    context,
    server: "(none)",
    namespace: namespace ?? "default",
    options,
    request: fail,
    resourceOf: fail,
    serverVersion: fail,
    apiVersions: fail,
  };
}

async function textFor({ cluster }: ProviderConfig, kubeconfig: string, context: string): Promise<string> {
  if (!cluster) return kubeconfig;
  const { withClusterOfContext } = await import("./charts/clusterOfContext.ts");
  return withClusterOfContext(kubeconfig, context, cluster);
}

type Request = Cluster["request"];
type Answer = Awaited<ReturnType<Request>> & { retryAfter?: number };

function requesterOf(
  kube: KubeConfig,
  server: string,
  { client, options: { suppressDeprecationWarnings } }: ProviderConfig,
): Request {
  const base = new URL(server);
  const delay = rateLimit(client);
  const once = async (method: string, path: string, options: HttpOptions): Promise<Answer> => {
    const settings: https.RequestOptions = {};
    // Certificates in files, and programs that fetch credentials: what is not there leads nowhere.
    await kube.applyToHTTPSOptions(settings).catch((error: unknown) => {
      throw new Unreachable(
        `configured Kubernetes cluster is unreachable: ${server}: its kubeconfig gives no ` +
          `credentials: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    const agent = settings.agent as https.Agent & { keepAlive: boolean; options: { keepAlive?: boolean } };
    if (agent)
      Object.assign(agent, { keepAlive: true, maxSockets: 32, options: { ...agent.options, keepAlive: true } });
    const url = new URL(base.pathname.replace(/\/$/, "") + path, base);
    for (const [key, value] of Object.entries(options.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, value);
    const body =
      options.body === undefined || typeof options.body === "string" ? options.body : JSON.stringify(options.body);
    const headers = {
      accept: "application/json",
      ...(settings.headers as http.OutgoingHttpHeaders | undefined),
    } as http.OutgoingHttpHeaders;
    if (body !== undefined)
      Object.assign(headers, {
        "content-type": options.contentType ?? "application/json",
        "content-length": Buffer.byteLength(body),
      });
    const wait = delay(performance.now());
    if (wait > 0) await sleep(wait, undefined, { signal: options.signal });
    const answer = await exchange(
      url,
      { ...settings, method, headers, signal: options.signal },
      body,
      server,
      client.timeout,
    );
    return suppressDeprecationWarnings
      ? { ...answer, warnings: answer.warnings?.filter((text) => !deprecation.test(text)) }
      : answer;
  };
  return async (method, path, options = {}) => {
    for (let attempt = 0; ; attempt++) {
      const send = (): Promise<Answer> => once(method, path, options);
      const answer = await (method === "GET" ? retryReset(send, options.signal) : send());
      // Too many requests, or a server that is just starting: it says itself when to come back.
      if ((answer.status !== 429 && !(answer.status === 503 && answer.retryAfter)) || attempt === 5) return answer;
      await sleep(Math.min(answer.retryAfter ?? 1, 10) * 1000, undefined, { signal: options.signal });
    }
  };
}

/** How the API server warns of a version of a kind that will go. */
const deprecation = /^\S+ \S+ is deprecated in v/;

/** `limit`: seconds that all of it may take. */
function exchange(
  url: URL,
  settings: https.RequestOptions,
  body: string | undefined,
  server: string,
  limit: number | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = (url.protocol === "http:" ? http : https).request(url, settings, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", fail);
      answer.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        const retryAfter = Number(answer.headers["retry-after"]) || undefined;
        resolve({
          status: answer.statusCode ?? 0,
          body: decode(text),
          warnings: warningsIn(answer.headers["warning"]),
          retryAfter,
        });
      });
    });
    const fail = (error: Error & { code?: string }): void => {
      if (settings.signal?.aborted) return reject(new Error("the operation was cancelled"));
      // A connection that was kept open may have been closed by the server meanwhile: that says nothing about it.
      if (call.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE"))
        return resolve(exchange(url, settings, body, server, limit));
      reject(
        new Unreachable(
          `configured Kubernetes cluster is unreachable: ${server}: ` +
            `${error.message || error.code}; check that it runs and that this machine reaches it`,
          { cause: error },
        ),
      );
    };
    const connecting = setTimeout(
      () => call.destroy(new Error(`no connection within ${connectTimeout / 1000} s`)),
      connectTimeout,
    );
    call.on("socket", (socket) => {
      if (!socket.connecting) return clearTimeout(connecting);
      socket.once(url.protocol === "http:" ? "connect" : "secureConnect", () => clearTimeout(connecting));
    });
    const whole = limit && setTimeout(() => call.destroy(new Error(`no answer within ${limit} s`)), limit * 1000);
    call.on("close", () => [connecting, whole].forEach((timer) => timer && clearTimeout(timer)));
    call.setTimeout(answerTimeout, () => call.destroy(new Error(`no answer within ${answerTimeout / 1000} s`)));
    call.on("error", fail);
    call.end(body);
  });
}

/** Texts of `Warning` headers as Kubernetes sends them: `299 - "text"`, several joined by commas. */
export function warningsIn(header: string | undefined): string[] {
  return [...(header ?? "").matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text!.replaceAll(/\\(.)/g, "$1"),
  );
}

function decode(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

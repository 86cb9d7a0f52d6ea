import { request } from "node:https";
import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { managedBy } from "../federation/objects/labels.ts";
import {
  servicesInvolved,
  type LiveCluster,
  type LiveObject,
  type LiveService,
} from "../federation/checks/liveChecks.ts";
import type { FederationPlan } from "../federation/planFederation.ts";

/** How long the API server may take to answer, in milliseconds. */
const patience = 5_000;

/** Answer of the API server to a GET; undefined for what is not there. */
type Get = (path: string) => Promise<any>;

/**
 * Reads what the live checks of a plan need from the cluster; only reads. Rejects when the API server cannot be reached
 * in five seconds or refuses.
 */
export async function readLiveCluster(
  kubeconfig: string,
  context: string | undefined,
  plan: Pick<FederationPlan, "imports" | "exports">,
): Promise<LiveCluster> {
  const get = await readerOf(kubeconfig, context);
  const [rules, entries, services] = await Promise.all([
    get("/apis/networking.istio.io/v1/destinationrules").then((list) => objectsOf(list, (spec) => [spec.host])),
    get("/apis/networking.istio.io/v1/serviceentries").then((list) => objectsOf(list, (spec) => spec.hosts ?? [])),
    Promise.all(
      servicesInvolved(plan).map(({ namespace, name }) =>
        get(`/api/v1/namespaces/${namespace}/services/${name}`).then(serviceOf),
      ),
    ),
  ]);
  const found = services.flatMap((s) => s ?? []);
  const accounts = await Promise.all(
    plan.exports.map(async ({ spec }): Promise<[string, string[]]> => {
      const service = found.find((s) => s.namespace === spec.namespace && s.name === spec.service);
      return [spec.name, service && Object.keys(service.selector).length > 0 ? await accountsOf(get, service) : []];
    }),
  );
  return { services: found, rules, entries, accounts: new Map(accounts) };
}

async function accountsOf(get: Get, service: LiveService): Promise<string[]> {
  const selector = Object.entries(service.selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const pods = await get(`/api/v1/namespaces/${service.namespace}/pods?labelSelector=${encodeURIComponent(selector)}`);
  const living = (pods?.items ?? []).filter(
    (p: any) => !p.metadata.deletionTimestamp && !["Succeeded", "Failed"].includes(p.status?.phase),
  );
  return [...new Set<string>(living.map((p: any) => p.spec.serviceAccountName ?? "default"))].sort();
}

/** What is not ours in a list of DestinationRules or ServiceEntries; a short host is one of the object's namespace. */
function objectsOf(list: any, hostsOf: (spec: any) => string[]): LiveObject[] {
  return (list?.items ?? [])
    .filter((o: any) => o.metadata.labels?.["app.kubernetes.io/managed-by"] !== managedBy)
    .map(({ metadata: { name, namespace }, spec = {} }: any) => ({
      name,
      namespace,
      hosts: hostsOf(spec).map((host) => (host.includes(".") ? host : `${host}.${namespace}.svc.cluster.local`)),
      exportTo: spec.exportTo ?? [],
      subsets: (spec.subsets ?? []).map((s: any) => s.name),
    }));
}

function serviceOf(object: any): LiveService | undefined {
  return (
    object && {
      namespace: object.metadata.namespace,
      name: object.metadata.name,
      ports: (object.spec.ports ?? []).map((p: any) => ({
        name: p.name ?? "",
        number: p.port,
        targetPort: p.targetPort ?? p.port,
      })),
      selector: object.spec.selector ?? {},
    }
  );
}

async function readerOf(kubeconfig: string, context: string | undefined): Promise<Get> {
  const { server, settings } = inlineAccess(kubeconfig, context) ?? (await anyAccess(kubeconfig, context));
  return (path) =>
    new Promise((resolve, reject) => {
      const url = new URL(server.replace(/\/$/, "") + path);
      const call = request(
        url,
        {
          ...settings,
          headers: { accept: "application/json", ...settings.headers },
          signal: AbortSignal.timeout(patience),
        },
        (answer) => {
          let body = "";
          answer.setEncoding("utf8").on("data", (text: string) => (body += text));
          answer.on("error", reject);
          answer.on("end", () => {
            const status = answer.statusCode ?? 0;
            if (status === 404) return resolve(undefined);
            if (status !== 200) return reject(new Error(`GET ${path}: ${status}`));
            try {
              resolve(JSON.parse(body));
            } catch (error) {
              reject(new Error(`GET ${path}: ${(error as Error).message}`));
            }
          });
        },
      );
      call.on("error", reject);
      call.end();
    });
}

/** Where an API server is, and the credentials for it. */
interface Access {
  server: string;
  settings: RequestOptions;
}

/**
 * Access by a kubeconfig whose credentials stand in it, as KinD's do; undefined for any other. It saves every preview
 * the half second that loading the Kubernetes client takes.
 */
function inlineAccess(kubeconfig: string, context: string | undefined): Access | undefined {
  const config = parse(kubeconfig) as any;
  const wanted = config?.contexts?.find((c: any) => c.name === (context ?? config["current-context"]))?.context;
  const cluster = config?.clusters?.find((c: any) => c.name === wanted?.cluster)?.cluster;
  const user = config?.users?.find((u: any) => u.name === wanted?.user)?.user;
  const known = ["token", "client-certificate-data", "client-key-data"];
  if (!cluster?.server?.startsWith("https:") || !user || Object.keys(user).some((key) => !known.includes(key)))
    return undefined;
  if (Object.keys(cluster).some((key) => !["server", "certificate-authority-data"].includes(key))) return undefined;
  const text = (base64: string | undefined) => (base64 === undefined ? undefined : Buffer.from(base64, "base64"));
  return {
    server: cluster.server,
    settings: {
      ca: text(cluster["certificate-authority-data"]),
      cert: text(user["client-certificate-data"]),
      key: text(user["client-key-data"]),
      ...(user.token ? { headers: { authorization: `Bearer ${user.token}` } } : {}),
    },
  };
}

/** Access by any kubeconfig: credential programs, files, proxies. */
async function anyAccess(kubeconfig: string, context: string | undefined): Promise<Access> {
  // The package's index would load every API of Kubernetes.
  const { KubeConfig: Config } = (await import("@kubernetes/client-node/dist/config.js")) as {
    KubeConfig: new () => KubeConfig;
  };
  const kube = new Config();
  kube.loadFromString(kubeconfig);
  if (context) kube.setCurrentContext(context);
  const server = kube.getCurrentCluster()?.server;
  if (!server) throw new Error("the kubeconfig names no cluster");
  const settings: RequestOptions = {};
  await kube.applyToHTTPSOptions(settings);
  return { server, settings };
}

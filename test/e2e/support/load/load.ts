import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { IMAGES } from "../../../../offline/lab/images/names.ts";
import { eventually, type World } from "../world.ts";
import {
  countsLines,
  countsProblems,
  ratesOf,
  sumCounts,
  type EdgeCounts,
  type GeneratorCounts,
  type LoadEdge,
} from "./plan.ts";
import { injectedNamespace } from "./server.ts";

/** Where the generator writes its counts, in its pod. */
const folder = "/load";

/** Longest time that a request may take, in seconds. The machine may be busy. */
const timeout = 15;

const script = readFileSync(join(import.meta.dirname, "generator.py"), "utf8");

/** A running load. */
export interface Load {
  /** Counts so far. */
  counts(): Promise<EdgeCounts[]>;
  /**
   * Ends the load, prints and returns the counts, and removes the client pods.
   *
   * @throws when a generator is gone, or has sent less than 80 % of the plan: then zero failures prove nothing
   */
  stop(): Promise<EdgeCounts[]>;
  /** Removes the client pods, where calls are meant to fail, and may do so slowly. */
  abandon(): Promise<void>;
}

/** The client pod of a namespace, with the edges that it calls. */
interface Client {
  mesh: string;
  namespace: string;
  edges: LoadEdge[];
  run: string;
  /** Start of the count, in milliseconds since the epoch. */
  since: number;
}

/**
 * Sends requests to hosts from injected pods of the importing meshes until it is stopped. Resolves when each kind of
 * request to each host has been answered once; only later requests are counted.
 *
 * @param perSecond requests per second to each host
 * @throws when an edge does not answer within 90 s
 */
export async function startLoad(world: World, edges: LoadEdge[], perSecond = 20): Promise<Load> {
  const clients: Client[] = [];
  for (const edge of edges) {
    const { mesh, namespace = "apps" } = edge;
    const found = clients.find((client) => client.mesh === mesh && client.namespace === namespace);
    if (found) found.edges.push(edge);
    else clients.push({ mesh, namespace, edges: [edge], run: randomUUID(), since: 0 });
  }
  if (clients.length === 0) throw new Error("load: no edges are given");
  try {
    for (const client of clients) await startClient(world, client, perSecond);
    for (const client of clients) await counting(world, client);
  } catch (error) {
    await remove(world, clients);
    throw error;
  }
  return {
    counts: async () => (await Promise.all(clients.map(async (c) => sumCounts(c.edges, await read(world, c))))).flat(),
    stop: () => stop(world, clients, perSecond).finally(() => remove(world, clients)),
    abandon: () => remove(world, clients),
  };
}

async function startClient(world: World, client: Client, perSecond: number): Promise<void> {
  const { mesh, namespace } = client;
  await remove(world, [client]);
  const metadata = { name: "load", namespace };
  const found = await world.kubectl(mesh, ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"]);
  await world.apply(
    mesh,
    ...(found ? [] : [injectedNamespace(namespace)]),
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    fullHandshakes(client),
    clientPod(client, perSecond),
  );
  await world.kubectl(mesh, ["wait", "-n", namespace, "pod/load", "--for=condition=Ready", "--timeout=120s"]);
}

/** Makes the client's sidecar resume no TLS session with the hosts: each handshake verifies both certificates. */
function fullHandshakes({ namespace, edges }: Client): unknown {
  const tls = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
  const value = {
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: { "@type": tls, max_session_keys: 0 },
    },
  };
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: "load", namespace },
    spec: {
      workloadSelector: { labels: { app: "load" } },
      configPatches: edges.map(({ host }) => ({
        applyTo: "CLUSTER",
        match: { context: "SIDECAR_OUTBOUND", cluster: { service: host } },
        patch: { operation: "MERGE", value },
      })),
    },
  };
}

/** Settings of the client's sidecar: it starts first, and counts handshakes. */
const proxyConfig = {
  holdApplicationUntilProxyStarts: true,
  proxyStatsMatcher: { inclusionRegexps: ["cluster\\.outbound.*\\.ssl\\.(handshake|session_reused)"] },
};

/** Not a Deployment: a client that is started again would have lost its counts. */
function clientPod({ namespace, edges, run }: Client, perSecond: number): unknown {
  const plan = {
    ...{ run, folder, timeout },
    edges: edges.map((edge) => ({
      ...{ host: edge.host, path: edge.path ?? "/", renewAfter: edge.renewAfter ?? 5 },
      kinds: ratesOf(edge, perSecond),
    })),
  };
  const container = {
    name: "load",
    image: IMAGES.httpbin,
    imagePullPolicy: "IfNotPresent",
    command: ["python3", "-c", script, JSON.stringify(plan)],
    volumeMounts: [{ name: "counts", mountPath: folder }],
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "load",
      namespace,
      labels: { app: "load" },
      annotations: { "proxy.istio.io/config": JSON.stringify(proxyConfig) },
    },
    spec: {
      serviceAccountName: "load",
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      containers: [container],
      volumes: [{ name: "counts", emptyDir: {} }],
    },
  };
}

/** Waits until a client counts. */
async function counting(world: World, client: Client): Promise<void> {
  await eventually(`load of ${client.mesh}`, 90, async () => {
    const { state, edges } = await read(world, client);
    if (state === "running") return state;
    throw new Error(edges.flatMap(({ host, waitsFor }) => waitsFor.map((what) => `${host}: ${what}`)).join("; "));
  });
  client.since = Date.now();
}

async function stop(world: World, clients: Client[], perSecond: number): Promise<EdgeCounts[]> {
  const ended: { client: Client; seconds: number }[] = [];
  for (const client of clients) {
    const seconds = (Date.now() - client.since) / 1000;
    await inPod(world, client, "touch", `${folder}/stop`);
    ended.push({ client, seconds });
  }
  const all: EdgeCounts[] = [];
  const problems: string[] = [];
  for (const { client, seconds } of ended) {
    const counts = await eventually(`the load of ${client.mesh} ends`, 2 * timeout + 15, async () => {
      const now = await read(world, client);
      return now.state === "ended" ? now : undefined;
    });
    all.push(...sumCounts(client.edges, counts));
    problems.push(...countsProblems(client.run, client.edges, perSecond, counts, seconds));
    process.stderr.write(`load: ${Math.round(counts.seconds)} s, ${counts.cpuSeconds} s of a processor\n`);
  }
  process.stderr.write(`${countsLines(all).join("\n")}\n`);
  if (problems.length > 0) throw new Error(`load: the counts say nothing: ${problems.join("; ")}`);
  return all;
}

async function read(world: World, client: Client): Promise<GeneratorCounts> {
  const text = await inPod(world, client, "cat", `${folder}/counts.json`);
  return JSON.parse(text) as GeneratorCounts;
}

/** Runs a command in a client pod. Throws with the pod's log where that is impossible. */
async function inPod(world: World, { mesh, namespace }: Client, ...command: string[]): Promise<string> {
  const pod = ["-n", namespace, "load", "-c", "load"];
  try {
    return await world.kubectl(mesh, ["exec", ...pod, "--", ...command]);
  } catch (error) {
    const log = await world.kubectl(mesh, ["logs", ...pod, "--tail=20"]).catch(String);
    throw new Error(`the load generator in ${mesh} does not answer: ${String(error)}\n${log}`);
  }
}

async function remove(world: World, clients: Client[]): Promise<void> {
  for (const { mesh, namespace } of clients)
    await world.kubectl(mesh, [
      "delete",
      "-n",
      namespace,
      "pod,serviceaccount,envoyfilter",
      "load",
      "--ignore-not-found",
    ]);
}

/**
 * TLS handshakes of a client's sidecar with a port of a host so far. In a resumed one no certificate is shown.
 */
export async function handshakes(
  world: World,
  { mesh, host, namespace = "apps" }: LoadEdge,
  port: number,
): Promise<{ full: number; resumed: number }> {
  const stats = await world.kubectl(mesh, [
    ...["exec", "-n", namespace, "load", "-c", "istio-proxy", "--"],
    ...["pilot-agent", "request", "GET", "stats?filter=ssl"],
  ]);
  const counter = (name: string): number => {
    const line = stats.split("\n").find((l) => l.startsWith(`cluster.outbound|${port}||${host};.ssl.${name}: `));
    return Number(line?.split(": ")[1] ?? 0);
  };
  const resumed = counter("session_reused");
  return { full: counter("handshake") - resumed, resumed };
}

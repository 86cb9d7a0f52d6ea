import type { V1Pod } from "@kubernetes/client-node";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import type { FederationContract } from "../../federation/contract/contract.ts";
import type { Client, Contracts, Edge, GatewayAddress } from "../edge.ts";
import { outboundCluster, trustedRoots } from "../../kube/envoy.ts";
import { failed, type Endpoint, type Evidence, type Failure } from "../evidence.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { onceMore } from "../retry.ts";
import { greetSubsets } from "../subsets.ts";
import { callFromClient, connectsFromClient } from "./clientCall.ts";
import { sayHello, showsCertificate } from "./clientHello.ts";
import { isReady, shortly, type Cluster, type Container } from "../../kube/cluster.ts";
import { lookAtFarSide } from "./farSide.ts";
import { Proxy } from "../../kube/proxy.ts";

/** A pod to call from. */
export interface ClientPod extends Container {
  proxy: Proxy;
  sidecar: boolean;
  /** Roots that its sidecar trusts, PEM. */
  roots: Promise<string | undefined>;
}

/** What there is to look with. */
export interface Access {
  /** The importing mesh's cluster. */
  own: Cluster;
  /** Clusters of peers, by mesh; empty with the importing mesh's credentials alone. */
  peers: ReadonlyMap<string, Cluster>;
  contracts: Contracts;
  issuers: Record<string, string>;
}

/** Finds a ready pod of a client. */
export async function findClient(cluster: Cluster, client: Client): Promise<ClientPod | Failure> {
  const where = `label app=${client.app} and service account ${client.serviceAccount} in namespace ${client.namespace}`;
  try {
    const pods = (await cluster.pods(client.namespace, { app: client.app })).filter(
      (p) => (p.spec?.serviceAccountName ?? "default") === client.serviceAccount,
    );
    const pod = pods.find(isReady);
    if (!pod?.metadata?.name) return { failure: `no ready pod with ${where} (${pods.length} that are not ready)` };
    return clientPod(cluster, pod);
  } catch (error) {
    return { failure: `no pod with ${where} can be looked for: ${shortly(error)}` };
  }
}

/** A pod as one to call from: the first container that is not Istio's, or the one that the pod calls its default. */
export function clientPod(cluster: Cluster, { metadata, spec }: V1Pod): ClientPod {
  const [namespace, pod] = [metadata!.namespace!, metadata!.name!];
  const named = metadata!.annotations?.["kubectl.kubernetes.io/default-container"];
  const names = (spec?.containers ?? []).map((c) => c.name);
  // A sidecar may be an init container that goes on running.
  const sidecar = [...names, ...(spec?.initContainers ?? []).map((c) => c.name)].includes("istio-proxy");
  const proxy = new Proxy(cluster, namespace, pod);
  const roots = sidecar
    ? proxy.resources("dynamic_active_secrets").then(trustedRoots, () => undefined)
    : Promise.resolve(undefined);
  return {
    namespace,
    pod,
    container:
      named && named !== "istio-proxy" && names.includes(named) ? named : names.find((n) => n !== "istio-proxy")!,
    proxy,
    sidecar,
    roots,
  };
}

/** Calls through an edge once and looks at what is needed to judge it: more where the call fails, or only connects. */
export async function gather(edge: Edge, access: Access, pod: ClientPod | Failure): Promise<Evidence> {
  const evidence: Evidence = {
    now: Date.now(),
    client: failed(pod) ? pod : { pod: pod.pod, sidecar: pod.sidecar },
    hellos: [],
    issuers: access.issuers,
    far: [],
  };
  const published = edge.meshes.flatMap(
    (mesh) => access.contracts.get(mesh)?.gateways.map((g) => ({ mesh, ...g })) ?? [],
  );
  if (published.length > 0) evidence.published = published;
  const rooted = failed(pod) ? Promise.resolve(undefined) : pod.roots;
  const greet = (gateway: GatewayAddress, sni: string, roots?: string) =>
    onceMore(() => sayHello(gateway, sni, roots), showsCertificate);
  const subsets = rooted.then((roots) => greetSubsets(edge, (gateway, sni) => greet(gateway, sni, roots)));
  const hellos = rooted.then((roots) =>
    Promise.all(
      edge.gateways.map((gateway) => greet(gateway, autoPassthroughSni(edge.exportedHost, edge.port.number), roots)),
    ),
  );
  if (!failed(pod)) await callAndLook(edge, access, pod, evidence);
  evidence.hellos = await hellos;
  evidence.subsets = await subsets;
  const beyond = evidence.hellos.filter((h) => h.outcome === "unreachable").map(socketAddress);
  if (beyond.length > 0 && !failed(pod)) {
    const blocks = pod.sidecar ? attempt(() => pod.proxy.blocksUnknown()) : Promise.resolve(false);
    const tried = await Promise.all(
      beyond.map((address) => attempt(() => connectsFromClient(access.own, pod, address))),
    );
    evidence.fromClient = Object.fromEntries(
      beyond.flatMap((address, i) => (typeof tried[i] === "boolean" ? [[address, tried[i]]] : [])),
    );
    evidence.blocksUnknown = (await blocks) === true;
  }
  const connectOnly = !edge.declared;
  if ((!evidence.answer?.good || connectOnly) && !failed(pod) && pod.sidecar)
    evidence.config = await attempt(() => pod.proxy.configFor(edge));
  if (!evidence.answer?.good || evidence.hellos.some((h) => h.outcome !== "certificate"))
    evidence.far = await Promise.all(
      edge.meshes.flatMap((mesh) => {
        const [cluster, contract] = [access.peers.get(mesh), access.contracts.get(mesh)];
        return cluster && contract ? [lookAt(cluster, contract, edge)] : [];
      }),
    );
  return evidence;
}

async function callAndLook(edge: Edge, access: Access, pod: ClientPod, evidence: Evidence): Promise<void> {
  const endpoints = (): Promise<Endpoint[]> => pod.proxy.endpoints(outboundCluster(edge.host, edge.port.number));
  const before = pod.sidecar ? await attempt(endpoints) : [];
  if (!failed(before)) evidence.before = before;
  try {
    evidence.answer = await callFromClient(access.own, pod, edge);
  } catch (error) {
    evidence.client = { failure: `the client ${pod.namespace}/${pod.pod} cannot be reached: ${shortly(error)}` };
  }
  if (pod.sidecar) evidence.endpoints = await attempt(endpoints);
}

async function lookAt(cluster: Cluster, contract: FederationContract, edge: Edge) {
  const mesh = contract.mesh.name;
  const seen = await attempt(() => lookAtFarSide(cluster, contract, edge));
  return failed(seen) ? { ...seen, mesh } : seen;
}

async function attempt<T>(look: () => Promise<T>): Promise<T | Failure> {
  try {
    return await look();
  } catch (error) {
    return { failure: shortly(error) };
  }
}

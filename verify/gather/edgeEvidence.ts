import type { FederationContract } from "../../federation/contract/contract.ts";
import { autoPassthroughSni } from "../../federation/objects/names.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { outboundCluster, type EnvoyEndpoint } from "../../kube/envoy.ts";
import { errorLine } from "../../kube/errors.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { retry } from "../../kube/retry.ts";
import type { Contracts, Edge, GatewayAddress } from "../edge.ts";
import { failed, type Evidence, type Failure } from "../evidence.ts";
import { sendSubsetHellos } from "../subsets.ts";
import { callFromClient, connectsFromClient } from "./clientCall.ts";
import { showsCertificate } from "./clientHello.ts";
import type { ClientPod } from "./clientPod.ts";
import { readEdgeTrust } from "./edgeTrust.ts";
import { readPeerSide } from "./peerSide.ts";
import { Reach } from "./reach.ts";

/** Clusters and contracts from which evidence may be gathered. */
export interface Access {
  /** The importing mesh's cluster. */
  own: KubeClient;
  /** Clusters of peers, by mesh; empty with the importing mesh's credentials alone. */
  peers: ReadonlyMap<string, KubeClient>;
  contracts: Contracts;
  /** SHA-256 of the intermediate of each peer's own gateway, by mesh, where it could be read. */
  issuers: Record<string, string>;
}

/** Calls an edge once and gathers the evidence: more of it where the call fails, or only connects. */
export async function gatherEvidence(edge: Edge, access: Access, pod: ClientPod | Failure): Promise<Evidence> {
  const evidence: Evidence = {
    now: Date.now(),
    client: failed(pod) ? pod : { pod: pod.pod, sidecar: pod.sidecar },
    clientHellos: [],
    issuers: access.issuers,
    peerSides: [],
  };
  const published = edge.meshes.flatMap(
    (mesh) => access.contracts.get(mesh)?.gateways.map((g) => ({ mesh, ...g })) ?? [],
  );
  if (published.length > 0) evidence.published = published;
  const reach = Reach.through(access.own, async () => pod);
  const send = async (gateway: GatewayAddress, sni: string) => retry(() => reach.hello(gateway, sni), showsCertificate);
  const sni = autoPassthroughSni(edge.exportedHost, edge.port.number);
  const hellos = Promise.all(edge.gateways.map((gateway) => send(gateway, sni)));
  const subsets = sendSubsetHellos(edge, send);
  if (!failed(pod)) await call(edge, access, pod, evidence);
  evidence.clientHellos = await hellos;
  evidence.subsets = await subsets;
  if (!failed(pod)) await connectToUnreachable(access, pod, evidence);
  if ((!evidence.answer?.passed || !edge.declared) && !failed(pod) && pod.sidecar)
    evidence.config = await attempt(() => pod.proxy.configFor(edge.host, edge.port.number));
  if (!evidence.answer?.passed || !evidence.clientHellos.every(showsCertificate))
    evidence.peerSides = await readPeerSides(edge, access);
  evidence.trust = await readEdgeTrust(edge, access, pod, evidence, reach);
  return evidence;
}

/** Sends the probe, and reads the counters of the client's sidecar before and after it. */
async function call(edge: Edge, access: Access, pod: ClientPod, evidence: Evidence): Promise<void> {
  const endpoints = (): Promise<EnvoyEndpoint[]> => pod.proxy.endpoints(outboundCluster(edge.host, edge.port.number));
  const before = pod.sidecar ? await attempt(endpoints) : [];
  if (!failed(before)) evidence.before = before;
  try {
    evidence.answer = await callFromClient(access.own, pod, edge);
  } catch (error) {
    evidence.client = { failure: `the client ${pod.namespace}/${pod.pod} cannot be reached: ${errorLine(error)}` };
  }
  if (pod.sidecar) evidence.endpoints = await attempt(endpoints);
}

/** Connects from the client to gateways that this machine does not reach. */
async function connectToUnreachable(access: Access, pod: ClientPod, evidence: Evidence): Promise<void> {
  const addresses = evidence.clientHellos.filter((h) => h.outcome === "unreachable").map(socketAddress);
  if (addresses.length === 0) return;
  const blocks = pod.sidecar ? attempt(() => pod.proxy.blocksUnknownHosts()) : Promise.resolve(false);
  const connects = await Promise.all(
    addresses.map((address) => attempt(() => connectsFromClient(access.own, pod, address))),
  );
  evidence.fromClient = Object.fromEntries(
    addresses.flatMap((address, i) => (typeof connects[i] === "boolean" ? [[address, connects[i]]] : [])),
  );
  evidence.blocksUnknownHosts = (await blocks) === true;
}

async function readPeerSides(edge: Edge, access: Access): Promise<Evidence["peerSides"]> {
  const read = async (mesh: string, cluster: KubeClient, contract: FederationContract) => {
    const side = await attempt(() => readPeerSide(cluster, contract, edge));
    return failed(side) ? { ...side, mesh } : side;
  };
  return Promise.all(
    edge.meshes.flatMap((mesh) => {
      const [cluster, contract] = [access.peers.get(mesh), access.contracts.get(mesh)];
      return cluster && contract ? [read(contract.mesh.name, cluster, contract)] : [];
    }),
  );
}

async function attempt<T>(read: () => Promise<T>): Promise<T | Failure> {
  try {
    return await read();
  } catch (error) {
    return { failure: errorLine(error) };
  }
}

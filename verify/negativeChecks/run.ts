import { defaultClusterDomain } from "../../federation/config/defaults.ts";
import { autoPassthroughSni, serviceHost } from "../../federation/objects/names.ts";
import { socketAddress } from "../../federation/objects/socketAddress.ts";
import { errorLine } from "../../kube/errors.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import { retry } from "../../kube/retry.ts";
import type { Mesh } from "../../workspace/meshes.ts";
import { findClientPod } from "../gather/clientPod.ts";
import { passthroughOf } from "../gather/peerSide.ts";
import type { ProbePods } from "../gather/probePods.ts";
import { Reach } from "../gather/reach.ts";
import type { Contracts, GatewayAddress } from "../edge.ts";
import type { Task } from "../verifyEdges.ts";
import { clusterResult } from "./clusterCheck.ts";
import { gatewayResult, type GatewayTarget } from "./gatewayCheck.ts";
import { checkQuarantines } from "./checkQuarantine.ts";
import { exportersOf } from "./exporters.ts";
import {
  clusterChecks,
  gatewayChecks,
  quarantineCheck,
  undeclaredCallerCheck,
  undeclaredPortCheck,
} from "./registry.ts";
import { unlessForbidden, type NegativeResult } from "./result.ts";
import { checkUndeclaredCaller, mustDenyUndeclared } from "./undeclaredCaller.ts";
import { checkUndeclaredPorts } from "./undeclaredPort.ts";

/** Results of the negative checks, and a sentence for each mesh that could not be reached. */
export interface NegativeResults {
  results: NegativeResult[];
  unreachable: string[];
}

/**
 * Runs the negative checks: at each gateway of an import, for the exports of each mesh, in the clusters of `meshes`,
 * and, with probe pods, by calls of an undeclared caller.
 * @param wait milliseconds that such a call may take to be denied, and a quarantine to take effect
 * @param contracts of all meshes that can be read
 */
export async function runNegativeChecks(
  tasks: Task[],
  meshes: Mesh[],
  wait: number,
  pods?: ProbePods,
  contracts: Contracts = new Map(),
): Promise<NegativeResults> {
  const unreachable: string[] = [];
  const reachable = async (mesh: string, check: () => Promise<NegativeResult[]>): Promise<NegativeResult[]> => {
    try {
      return await check();
    } catch (error) {
      unreachable.push(`mesh "${mesh}": ${errorLine(error)}`);
      return [];
    }
  };
  const gateways = gatewaysOf(tasks, pods);
  const atGateways = [...gateways.values()].map(({ peer, ...at }) =>
    reachable(at.gateway.mesh, () => retry(() => checkGateway(at, peer, contracts), isConclusive)),
  );
  const hello: Reach["hello"] = (gateway, ...sent) =>
    (gateways.get(keyOf(gateway))?.reach ?? new Reach()).hello(gateway, ...sent);
  const ofExports = exportersOf(tasks, meshes).map((exporter) =>
    reachable(exporter.mesh, () =>
      retry(async () => [await checkUndeclaredPorts(undeclaredPortCheck, exporter, hello)], isConclusive),
    ),
  );
  const inClusters = meshes.flatMap(({ name, cluster }) =>
    cluster ? [reachable(name, () => retry(() => checkCluster(name, cluster, contracts), isConclusive))] : [],
  );
  const quarantines = meshes.map((mesh) =>
    reachable(mesh.name, () => checkQuarantines(quarantineCheck, mesh, { contracts, callers: meshes }, wait)),
  );
  const byCallers = (pods ? tasks.filter(mustDenyUndeclared) : []).map((task) =>
    reachable(task.edge.mesh, async () => [
      await checkUndeclaredCaller(undeclaredCallerCheck, task, wait, (access, client) =>
        pods!.podFor(access.own, client),
      ),
    ]),
  );
  const results = await Promise.all([...atGateways, ...ofExports, ...inClusters, ...quarantines, ...byCallers]);
  return { results: results.flat(), unreachable };
}

/**
 * Each gateway of the tasks once, with an edge that uses it, its own cluster, where there are credentials, and the way
 * through a pod of the edge's client.
 */
function gatewaysOf(tasks: Task[], pods: ProbePods | undefined) {
  return new Map(
    tasks.flatMap(({ edge, access }) => {
      const { own, peers } = access;
      const reach = Reach.through(own, () => (pods ? pods.podFor(own, edge.client) : findClientPod(own, edge.client)));
      return edge.gateways.map((gateway) => {
        const at = { edge, gateway, reach, peer: peers.get(gateway.mesh) };
        return [keyOf(gateway), at] as const;
      });
    }),
  );
}

function keyOf(gateway: GatewayAddress): string {
  return `${gateway.mesh} ${socketAddress(gateway)}`;
}

async function checkGateway(
  { edge, gateway, reach }: Pick<GatewayTarget, "edge" | "gateway" | "reach">,
  peer: KubeClient | undefined,
  contracts: Contracts,
): Promise<NegativeResult[]> {
  const { clusterDomain } = contracts.get(gateway.mesh)?.mesh ?? { clusterDomain: defaultClusterDomain };
  const target: GatewayTarget = {
    edge,
    gateway,
    reach,
    sni: autoPassthroughSni(edge.exportedHost, edge.port.number),
    hidden: peer && (await hiddenService(peer, clusterDomain).catch(() => undefined)),
  };
  const [control, ...attempts] = await Promise.all([
    reach.hello(gateway, target.sni),
    ...gatewayChecks.map(({ attempt }) => attempt(target)),
  ]);
  return gatewayChecks.map((check, i) => gatewayResult(check, target, control, attempts[i]!));
}

/** Runs the negative checks in a mesh's own cluster. */
export async function checkCluster(
  mesh: string,
  cluster: KubeClient,
  contracts: Contracts = new Map(),
): Promise<NegativeResult[]> {
  return Promise.all(
    clusterChecks.map(async (check) =>
      clusterResult(check, mesh, await unlessForbidden(() => check.inspect(cluster, { mesh, contracts }))),
    ),
  );
}

/** Whether each check passed or failed, as far as the credentials allow. */
function isConclusive(results: NegativeResult[]): boolean {
  return results.every(({ state, remedy }) => state !== "unknown" || remedy !== undefined);
}

/** A service of a cluster of a domain that exists and is not exported. */
export async function hiddenService(cluster: KubeClient, clusterDomain: string): Promise<GatewayTarget["hidden"]> {
  const [gateways, services] = await Promise.all([cluster.istio("networking", "gateways"), cluster.services()]);
  const exported = new Set(passthroughOf(gateways).flatMap((g) => g.hosts));
  const hidden = services.flatMap(({ metadata, spec }) => {
    const host = serviceHost(metadata.name, metadata.namespace, clusterDomain);
    const port = spec?.ports?.find((p) => (p.protocol ?? "TCP") === "TCP")?.port;
    return !exported.has(host) && spec?.selector && port
      ? [{ host, port, inRootNamespace: metadata.namespace === "istio-system" }]
      : [];
  });
  // Istio's own pods have a proxy that would answer if the gateway accepted the name.
  return hidden.find((s) => s.inRootNamespace) ?? hidden[0];
}

import type { KubeClient } from "../../kube/kubeClient.ts";
import { failed } from "../evidence.ts";
import { gatewayProblems, readGatewayHealth, type GatewayHealth } from "../gather/gatewayHealth.ts";
import type { Inspection } from "./clusterCheck.ts";

/** Milliseconds that a pod may take to become ready. */
const startingTime = 60_000;

/** Reads the gateway that exports use: its listeners with their errors, and whether its pods are ready. */
export async function inspectGatewayHealth(cluster: KubeClient): Promise<Inspection> {
  return healthInspection(await readGatewayHealth(cluster), Date.now());
}

/**
 * The inspection of gateways. A rejected listener may still answer with the configuration before it; no call shows it.
 * @param now milliseconds since 1970
 */
export function healthInspection(gateways: GatewayHealth[], now: number): Inspection {
  const proxies = gateways.flatMap((g) => g.proxies);
  const unread = proxies.flatMap((p) => (failed(p) ? [p.failure] : []));
  const read = proxies.length - unread.length;
  const problems = gateways.filter((g) => !isStarting(g, now)).flatMap(gatewayProblems);
  const starting = gateways.filter((g) => isStarting(g, now)).map(({ gateway }) => `${gateway} is starting`);
  const unreadable =
    unread.length > 0 && read === 0
      ? [`the gateway's listeners cannot be read: ${unread[0]} (pods/exec is needed)`]
      : [];
  const inconclusive = [...starting, ...unreadable].join("; ");
  return {
    control: `${read} gateway pods read`,
    problem: problems.length > 0 ? problems.join("; ") : undefined,
    inconclusive: inconclusive || undefined,
  };
}

/** Whether all that is wrong with a gateway is that its pods are too young to be ready. */
function isStarting({ pods, proxies }: GatewayHealth, now: number): boolean {
  const unready = pods.filter((p) => !p.ready);
  const rejects = proxies.some((p) => !failed(p) && p.rejected.length > 0);
  return !rejects && unready.length > 0 && unready.every((p) => now - p.created < startingTime);
}

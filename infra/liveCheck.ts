import * as pulumi from "@pulumi/pulumi";
import { liveFindings } from "../federation/checks/liveChecks.ts";
import type { FederationPlan } from "../federation/planFederation.ts";
import { Problem } from "../federation/errors/problem.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import type { Cluster } from "./cluster.ts";
import { readLiveCluster } from "../kube/liveCluster.ts";

/**
 * Compares the plan with what lives in the cluster beside it, in a preview as soon as the cluster is known, and again
 * in an update: what depends on the returned output is written only afterwards.
 *
 * A cluster that cannot be read is a warning, for the plan may be right; a clash is a `Problem`.
 */
export function checkLive(config: MeshConfig, plan: FederationPlan, cluster: Cluster): pulumi.Output<void> {
  if (plan.imports.length + plan.exports.length === 0) return pulumi.output(undefined);
  const context = config.cluster.provider === "existing" ? config.cluster.context : undefined;
  const checked = pulumi.unsecret(cluster.kubeconfig).apply(async (kubeconfig) => {
    let live;
    try {
      live = await readLiveCluster(kubeconfig, context, plan);
    } catch (error) {
      await pulumi.log.warn(
        `the cluster of mesh "${config.mesh.name}" cannot be read (${(error as Error).message}), so imports and exports were not compared with what lives in it`,
      );
      return;
    }
    const { gateway, istio } = config;
    const rootNamespace = istio.provider === "existing" ? istio.namespace : "istio-system";
    const { problems, warnings } = liveFindings(plan, live, {
      rootNamespace,
      gatewayNamespace: gateway.provider === "none" ? rootNamespace : gateway.namespace,
    });
    for (const warning of warnings) await pulumi.log.warn(warning);
    if (problems.length > 0)
      throw new Problem(
        [`mesh "${config.mesh.name}" clashes with what lives in its cluster:`, ...problems.map((p) => `  - ${p}`)].join(
          "\n",
        ),
      );
  });
  return checked;
}

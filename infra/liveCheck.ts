import * as pulumi from "@pulumi/pulumi";
import { liveFindings } from "../federation/checks/liveChecks.ts";
import type { LiveCluster } from "../federation/checks/liveCluster.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import { findingText, UserError } from "../federation/errors/userError.ts";
import type { FederationPlan } from "../federation/planFederation.ts";
import { readLiveCluster } from "../kube/liveCluster.ts";
import type { MeshCluster } from "./cluster.ts";

/**
 * Compares the plan with the objects that exist in the cluster: in a preview as soon as the cluster is known, and again
 * in an update. Resources that depend on the returned output are created afterwards.
 *
 * A cluster that cannot be read is a warning, because the plan may be valid. A conflict rejects the output with a
 * `UserError`.
 */
export function checkLive(config: MeshConfig, plan: FederationPlan, cluster: MeshCluster): pulumi.Output<void> {
  if (plan.imports.length + plan.exports.length === 0) return pulumi.output(undefined);
  const context = config.cluster.provider === "existing" ? config.cluster.context : undefined;
  return pulumi.unsecret(cluster.kubeconfig).apply(async (kubeconfig) => {
    let live: LiveCluster;
    try {
      live = await readLiveCluster(kubeconfig, context, plan);
    } catch (error) {
      await pulumi.log.warn(
        `the cluster of mesh "${config.mesh.name}" cannot be read (${(error as Error).message}), ` +
          "so imports and exports were not compared with the objects in it",
      );
      return;
    }
    await reportConflicts(config, plan, live);
  });
}

/** @throws UserError with every conflict */
async function reportConflicts({ mesh, gateway, istio }: MeshConfig, plan: FederationPlan, live: LiveCluster) {
  const rootNamespace = istio.provider === "existing" ? istio.namespace : "istio-system";
  const gatewayNamespace = gateway.provider === "none" ? rootNamespace : gateway.namespace;
  const { problems, warnings } = liveFindings(plan, live, { rootNamespace, gatewayNamespace });
  for (const warning of warnings) await pulumi.log.warn(findingText(warning));
  if (problems.length > 0)
    throw new UserError(
      "cluster-conflict",
      {
        subject: `mesh "${mesh.name}"`,
        problem: "its exports and imports conflict with objects in its cluster",
        remedy: "Change the objects, or the exports and imports, that the details name",
      },
      problems,
    );
}

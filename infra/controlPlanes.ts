import * as pulumi from "@pulumi/pulumi";
import {
  controlPlaneFindings,
  controlPlanesOf,
  removedControlPlanes,
  UserError,
  type MeshConfig,
  type ProxyPod,
} from "../federation/index.ts";
import { isUnreachable } from "../kube/errors.ts";
import { readProxyPods } from "../kube/proxyPods.ts";
import type { MeshCluster } from "./cluster.ts";

/**
 * The control planes that this `up` installs, to be published. Rejects as {@link checkControlPlanes} does, so that the
 * program ends before anything is deleted: in a preview, too.
 * @param before control planes of the last `up`
 */
export function checkedControlPlanes(
  config: MeshConfig,
  before: readonly string[],
  cluster: MeshCluster,
): pulumi.Output<string[]> {
  const installed = controlPlanesOf(config);
  if (removedControlPlanes(before, config).length === 0) return pulumi.output(installed);
  return pulumi
    .unsecret(cluster.kubeconfig)
    .apply((kubeconfig) => checkControlPlanes(config, before, kubeconfig))
    .apply(() => installed);
}

/**
 * Refuses to remove a control plane that pods still use. An unreachable cluster is a warning.
 * @throws UserError `control-plane-removed`, or `cluster-unreadable` where the pods cannot be read
 */
export async function checkControlPlanes(
  config: MeshConfig,
  before: readonly string[],
  kubeconfig: string,
): Promise<void> {
  const removed = removedControlPlanes(before, config);
  if (removed.length === 0) return;
  const context = config.cluster.provider === "existing" ? config.cluster.context : undefined;
  const pods = await readPods(config.mesh.name, kubeconfig, context);
  const findings = controlPlaneFindings(removed, pods, config);
  if (findings.length > 0)
    throw new UserError(
      "control-plane-removed",
      {
        subject: `mesh "${config.mesh.name}"`,
        problem: "the change removes control planes that pods still use, so nothing is changed",
        remedy: "Restart the pods that the details name",
      },
      findings,
    );
}

async function readPods(mesh: string, kubeconfig: string, context: string | undefined): Promise<ProxyPod[]> {
  const subject = `mesh "${mesh}"`;
  const remedy = "Let the user of the kubeconfig list pods";
  try {
    return await readProxyPods(kubeconfig, context);
  } catch (error) {
    const problem = `the pods that use its control planes cannot be read: ${(error as Error).message}`;
    if (!isUnreachable(error))
      throw new UserError("cluster-unreadable", { subject, problem, remedy }, [], { cause: error });
    await pulumi.log.warn(`${subject}: ${problem}`);
    return [];
  }
}

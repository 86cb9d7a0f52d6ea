import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { pendingCertificateOutput, UserError, type MeshConfig } from "../federation/index.ts";
import { errorLine, isUnreachable } from "../kube/errors.ts";
import { KubeClient } from "../kube/kubeClient.ts";
import type { KubeObject } from "../kube/objects.ts";
import { root } from "../workspace/workspace.ts";
import type { PendingCa } from "./ca.ts";
import { markDirectory, type MeshCluster } from "./cluster.ts";

/** Milliseconds that the API server may take for an answer: a preview waits for it. */
const timeout = 5_000;

/**
 * Whether a mesh without a CA makes its key alone. The first request goes to the signer at once, as a cluster would
 * take a minute before; a cluster that exists is always registered, so that nothing removes it.
 */
export function makesKeyOnly({ cluster, mesh }: MeshConfig, { isRequested }: PendingCa): boolean {
  const isThere = cluster.provider === "existing" || existsSync(join(root, markDirectory, mesh.cluster));
  return !isRequested && !isThere;
}

/**
 * The output of a mesh that waits for its certificate. A contract is published last, so that a mesh whose first `up`
 * broke off may have an Istio that no output tells of. The output then fails, and with it the `up`, which would remove
 * that Istio.
 */
export function pendingCertificate({ reason, from }: PendingCa, config: MeshConfig, cluster: MeshCluster | undefined) {
  const pending = { from, reason };
  if (!cluster) return { [pendingCertificateOutput]: pulumi.output(pending) };
  const checked = pulumi.unsecret(cluster.kubeconfig).apply(async (kubeconfig) => {
    await refuseInstalledIstio(config, kubeconfig, reason);
    return pending;
  });
  return { [pendingCertificateOutput]: checked };
}

/** @throws UserError where the cluster of a mesh without a CA has an Istio of this program, or cannot be read */
export async function refuseInstalledIstio(
  { mesh, cluster, istio }: Pick<MeshConfig, "mesh" | "cluster" | "istio">,
  kubeconfig: string,
  reason: string,
): Promise<void> {
  if (istio.provider === "existing") return;
  const context = cluster.provider === "existing" ? cluster.context : undefined;
  if (!(await hasIstiod(mesh.name, new KubeClient(kubeconfig, context, timeout)))) return;
  throw new UserError("ca-certificate-missing", {
    subject: `mesh "${mesh.name}"`,
    problem: `its cluster has an Istio, whose CA no certificate fits, so nothing is changed: ${reason}`,
    remedy: "Correct that, and run `up` again; to give the mesh up, run `pulumi destroy`",
  });
}

/** Whether istiod is installed. A cluster that cannot be reached cannot be changed either. */
async function hasIstiod(mesh: string, client: KubeClient): Promise<boolean> {
  try {
    return (await client.get<KubeObject>("/apis/apps/v1/namespaces/istio-system/deployments/istiod")) !== undefined;
  } catch (error) {
    if (isUnreachable(error)) return false;
    throw new UserError("cluster-unreadable", {
      subject: `mesh "${mesh}"`,
      problem: `whether its cluster has an Istio cannot be read (${errorLine(error)})`,
      remedy: "Let the user of the kubeconfig get Deployment istio-system/istiod",
    });
  }
}

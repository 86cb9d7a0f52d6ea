import * as pulumi from "@pulumi/pulumi";
import {
  gatewaySelector,
  liveFindings,
  namespacesInvolved,
  rootNamespaceOf,
  UserError,
  type FederationPlan,
  type LiveCluster,
  type MeshConfig,
  type MeshSettings,
  type UnreadObject,
} from "../federation/index.ts";
import { isUnreachable } from "../kube/errors.ts";
import { readLiveCluster } from "../kube/liveCluster.ts";
import type { MeshCluster } from "./cluster.ts";
import { warn } from "./warn.ts";

/**
 * Compares the plan with the objects that exist in the cluster: in a preview as soon as the cluster is known, and again
 * in an update. Resources that depend on the returned output are created afterwards.
 *
 * A cluster that is unreachable is a warning: the update cannot change it either. Anything else that keeps objects from
 * being compared, and a conflict, rejects the output with a `UserError`.
 *
 * @param settings of the mesh; undefined where they are not known
 */
export function checkLive(
  config: MeshConfig,
  plan: FederationPlan,
  cluster: MeshCluster,
  settings: MeshSettings | undefined,
): pulumi.Output<void> {
  if (plan.imports.length + plan.exports.length === 0) return pulumi.output(undefined);
  const context = config.cluster.provider === "existing" ? config.cluster.context : undefined;
  const namespaces = settings ? namespacesInvolved(plan.imports, settings) : [];
  return pulumi.unsecret(cluster.kubeconfig).apply(async (kubeconfig) => {
    const live = await readUnlessUnreachable(config.mesh.name, () =>
      readLiveCluster(kubeconfig, context, plan, gatewaySelector(config), {
        namespaces,
        istio: config.istio.provider === "existing" ? config.istio : undefined,
      }),
    );
    if (live) await reportConflicts(config, plan, live, settings);
  });
}

/**
 * What `read` returns; undefined, with a warning, where the cluster is unreachable.
 * @throws UserError `cluster-unreadable` for any other failure
 */
export async function readUnlessUnreachable(
  mesh: string,
  read: () => Promise<LiveCluster>,
): Promise<LiveCluster | undefined> {
  try {
    const live = await read();
    if (live.unread.length > 0) throw unread(mesh, live.unread);
    return live;
  } catch (error) {
    if (!isUnreachable(error)) throw unreadable(mesh, error);
    await pulumi.log.warn(
      `the cluster of mesh "${mesh}" cannot be read (${(error as Error).message}), ` +
        "so imports and exports were not compared with the objects in it",
    );
    return undefined;
  }
}

function unread(mesh: string, objects: UnreadObject[]): UserError {
  return new UserError(
    "cluster-unreadable",
    {
      subject: `mesh "${mesh}"`,
      problem: "its exports and imports cannot be compared with all objects in its cluster",
      remedy: "Let the user of the kubeconfig read what the details name",
    },
    objects.map(({ object, reason }) => ({
      code: "live-object-unreadable",
      subject: object,
      problem: `cannot be read: ${reason}`,
      remedy: "Allow get and list",
    })),
  );
}

function unreadable(mesh: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const problem = `its cluster cannot be compared with its exports and imports: ${(error as Error).message}`;
  const remedy = "Correct the kubeconfig, or the cluster";
  return new UserError("cluster-unreadable", { subject: `mesh "${mesh}"`, problem, remedy }, [], { cause: error });
}

/** @throws UserError with every conflict */
async function reportConflicts(
  config: MeshConfig,
  plan: FederationPlan,
  live: LiveCluster,
  settings: MeshSettings | undefined,
) {
  const { mesh, gateway } = config;
  const selector = gatewaySelector(config);
  const rootNamespace = settings?.rootNamespace ?? rootNamespaceOf(config);
  const gatewayNamespace = gateway.provider === "none" ? rootNamespace : gateway.namespace;
  const { problems, warnings } = liveFindings(plan, live, {
    rootNamespace,
    gatewayNamespace,
    settings,
    gateway: selector && { ...selector, existing: gateway.provider === "existing" },
  });
  await warn(...warnings);
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

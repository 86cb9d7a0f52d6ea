import { resolve } from "node:path";
import type { HandMade } from "../federation/adopt/handMade.ts";
import type { GatewayFacts, MeshFacts } from "../federation/adopt/meshFacts.ts";
import type { ClusterAccess } from "../federation/adopt/proposal.ts";
import { readOwnGateway } from "../kube/gatewayFacts.ts";
import { readHandMade } from "../kube/handMade.ts";
import { readKubeconfig } from "../kube/kubeconfigFile.ts";
import { KubeClient } from "../kube/kubeClient.ts";
import { readMeshFacts } from "../kube/meshFacts.ts";

/** What a cluster says of the mesh in it. */
export interface ExistingMesh {
  access: ClusterAccess;
  facts: MeshFacts;
  found: HandMade;
  gateway: GatewayFacts | undefined;
  /** Text of its kubeconfig, never to be printed. */
  kubeconfig: string;
}

/** Milliseconds that the API server may take for one answer. Lists of a whole cluster are long. */
const timeout = 60_000;

/**
 * Reads a mesh, and changes nothing. Rejects where the cluster cannot be reached.
 * @param path of a kubeconfig
 * @param context default: the current one
 * @param revision of Istio's control plane; default: the one without, or the only one
 * @throws UserError `kubeconfig-unreadable`
 */
export async function readExistingMesh(path: string, context?: string, revision?: string): Promise<ExistingMesh> {
  const file = resolve(path);
  const remedy = "Give a readable kubeconfig file";
  const kubeconfig = readKubeconfig(file, { subject: "--kubeconfig", path, remedy });
  const client = new KubeClient(kubeconfig, context, timeout);
  const facts = await readMeshFacts(client, revision);
  const found = await readHandMade(client);
  const gateway = await readOwnGateway(client, found);
  return { access: { kubeconfigPath: file, context }, facts, found, gateway, kubeconfig };
}

import type { FederationObject } from "../federation/objects/federationObject.ts";
import { ApiError, errorLine } from "../kube/errors.ts";
import type { KubeClient } from "../kube/kubeClient.ts";
import type { Toolchain } from "../tools/index.ts";
import { failed } from "../verify/evidence.ts";
import { gatewayProblems, readGatewayHealth } from "../verify/gather/gatewayHealth.ts";
import { readMeshes, reasonOf, type Mesh } from "../workspace/meshes.ts";
import { certificatesOf } from "./certificates.ts";
import { createdObjects } from "./createdObjects.ts";
import { liveDriftOf } from "./liveDrift.ts";
import { statusOf, type Drift, type Expiry, type GatewayProblem, type MeshState, type Status } from "./status.ts";

/** Reads the federation's status from stacks and clusters. A cluster that does not answer costs its mesh a line. */
export async function readStatus(tools: Toolchain): Promise<{ status: Status; complete: boolean }> {
  const meshes = await readMeshes(tools);
  const read = await Promise.all(meshes.map((mesh) => readMesh(mesh, () => createdObjects(tools, mesh.stack))));
  const status = statusOf(
    read.map((m) => m.state),
    read.flatMap((m) => m.certificates),
    read.flatMap((m) => m.drift),
    read.flatMap((m) => m.gatewayProblems),
  );
  return { status, complete: read.every((m) => m.complete) };
}

/** A mesh with the certificates, the drift and the gateway of its cluster. */
interface MeshReading {
  state: MeshState;
  certificates: Expiry[];
  drift: Drift[];
  gatewayProblems: GatewayProblem[];
  /** Whether everything was read that there are credentials for. */
  complete: boolean;
}

/**
 * Reads a mesh's cluster, as far as its credentials allow.
 * @param created reads the objects that the mesh's stack created
 */
export async function readMesh(
  { name, contract, cluster, problem }: Mesh,
  created: () => Promise<FederationObject[]>,
): Promise<MeshReading> {
  const state = { name, contract, problem };
  const unread = { certificates: [], drift: [], gatewayProblems: [], complete: !problem };
  if (!contract) return { state, ...unread };
  if (!cluster) return { state: { ...state, notChecked: "there are no credentials for its cluster here" }, ...unread };
  const { errors, unknown, ...found } = await readCluster(name, cluster, created);
  const connectionError = errors.find((e) => !(e instanceof ApiError));
  const notChecked = [...new Set([...errors.map(errorLine), ...unknown])].join("; ") || undefined;
  return {
    state: {
      ...state,
      problem: connectionError && `cannot be reached: ${errorLine(connectionError)}`,
      notChecked,
    },
    ...found,
    complete: notChecked === undefined,
  };
}

/** Reads certificates, drift and gateways; `errors` of the cluster, and `unknown` for what cannot be known of it. */
async function readCluster(name: string, cluster: KubeClient, created: () => Promise<FederationObject[]>) {
  const unknown: string[] = [];
  const compare = async () => {
    const objects = await created().catch(
      (error: unknown) => void unknown.push(`the objects that its stack created are unknown: ${reasonOf(error)}`),
    );
    return objects ? liveDriftOf(name, objects, cluster) : { drift: [], errors: [] };
  };
  const errors: Error[] = [];
  const unlessError = <T>(read: Promise<T[]>) => read.catch((error: Error): T[] => (errors.push(error), []));
  const [certificates, gateways, { drift, errors: unlisted }] = await Promise.all([
    unlessError(certificatesOf(name, cluster)),
    unlessError(readGatewayHealth(cluster)),
    compare(),
  ]);
  const unread = gateways.flatMap(({ proxies }) => proxies.flatMap((p) => (failed(p) ? [p.failure] : [])));
  if (unread.length > 0) unknown.push(`the listeners of its gateway were not read: ${unread[0]}`);
  const gatewayProblemsOf = gateways.flatMap(gatewayProblems).map((description) => ({ mesh: name, description }));
  return { certificates, drift, gatewayProblems: gatewayProblemsOf, errors: [...errors, ...unlisted], unknown };
}

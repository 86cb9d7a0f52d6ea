import type { FederationObject } from "../federation/objects/federationObject.ts";
import { ApiError, errorLine } from "../kube/errors.ts";
import type { KubeClient } from "../kube/kubeClient.ts";
import type { Toolchain } from "../tools/index.ts";
import { readMeshes, reasonOf, type Mesh } from "../workspace/meshes.ts";
import { certificatesOf } from "./certificates.ts";
import { createdObjects } from "./createdObjects.ts";
import { liveDriftOf } from "./liveDrift.ts";
import { statusOf, type Drift, type Expiry, type MeshState, type Status } from "./status.ts";

/** Reads the federation's status from stacks and clusters. A cluster that does not answer costs its mesh a line. */
export async function readStatus(tools: Toolchain): Promise<{ status: Status; complete: boolean }> {
  const meshes = await readMeshes(tools);
  const read = await Promise.all(meshes.map((mesh) => readMesh(mesh, () => createdObjects(tools, mesh.stack))));
  const status = statusOf(
    read.map((m) => m.state),
    read.flatMap((m) => m.certificates),
    read.flatMap((m) => m.drift),
  );
  return { status, complete: read.every((m) => m.complete) };
}

/** A mesh with the certificates and the drift of its cluster. */
interface MeshReading {
  state: MeshState;
  certificates: Expiry[];
  drift: Drift[];
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
  const unread = { certificates: [], drift: [], complete: !problem };
  if (!contract) return { state, ...unread };
  if (!cluster) return { state: { ...state, notChecked: "there are no credentials for its cluster here" }, ...unread };
  const { certificates, drift, errors, unknown } = await readCluster(name, cluster, created);
  const connectionError = errors.find((e) => !(e instanceof ApiError));
  const notChecked = [...new Set([...errors.map(errorLine), ...unknown])].join("; ") || undefined;
  return {
    state: {
      ...state,
      problem: connectionError && `cannot be reached: ${errorLine(connectionError)}`,
      notChecked,
    },
    certificates,
    drift,
    complete: notChecked === undefined,
  };
}

/** Reads certificates and drift; `errors` of the cluster, and `unknown` for what its stack cannot report. */
async function readCluster(name: string, cluster: KubeClient, created: () => Promise<FederationObject[]>) {
  const unknown: string[] = [];
  const compare = async () => {
    const objects = await created().catch(
      (error: unknown) => void unknown.push(`the objects that its stack created are unknown: ${reasonOf(error)}`),
    );
    return objects ? liveDriftOf(name, objects, cluster) : { drift: [], errors: [] };
  };
  const [certificates, { drift, errors }] = await Promise.all([
    certificatesOf(name, cluster).catch((error: Error) => error),
    compare(),
  ]);
  return certificates instanceof Error
    ? { certificates: [], drift, errors: [certificates, ...errors], unknown }
    : { certificates, drift, errors, unknown };
}

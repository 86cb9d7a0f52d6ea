import type { FederationContract } from "../federation/contract/contract.ts";
import { printable } from "../federation/errors/userError.ts";
import type { FederationObject } from "../federation/objects/federationObject.ts";
import { trustContractOf } from "../federation/trust/trustContract.ts";
import { isUnread } from "../federation/trust/trustEvidence.ts";
import { ApiError, errorLine } from "../kube/errors.ts";
import type { KubeClient } from "../kube/kubeClient.ts";
import { failed } from "../verify/evidence.ts";
import { gatewayProblems, readGatewayHealth } from "../verify/gather/gatewayHealth.ts";
import { reasonOf, type Mesh, type MeshSource } from "../workspace/meshes.ts";
import { certificatesOf, readWorkloadTrust, type PublishedCertificates, type WorkloadTrust } from "./certificates.ts";
import { numberedCa, rotationOf } from "./rotations.ts";
import { liveDriftOf, upRefresh } from "./liveDrift.ts";
import { statusOf, type Drift, type Expiry, type GatewayProblem, type MeshState, type Status } from "./status.ts";

/** Reads the federation's status. A cluster that does not answer costs its mesh a line. */
export async function readStatus(source: MeshSource): Promise<{ status: Status; complete: boolean }> {
  const meshes = await source.meshes();
  const read = await Promise.all(meshes.map((mesh) => readMesh(mesh, () => source.created(mesh), source.restore)));
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
 * @param created reads the objects that were made for the mesh
 * @param restore how a missing or changed object comes back
 */
export async function readMesh(
  mesh: Mesh,
  created: () => Promise<FederationObject[]>,
  restore = upRefresh,
): Promise<MeshReading> {
  const { name, contract, cluster, problem } = mesh;
  const state = { name, contract, problem, rotation: rotationOf(mesh) };
  const unread = { certificates: [], drift: [], gatewayProblems: [], complete: !problem };
  if (!contract) return { state, ...unread };
  const { unreadable, ...published } = await publishedBy(contract);
  const certificates = (workload?: WorkloadTrust) => certificatesOf(published, workload, numberedCa(mesh));
  if (!cluster) {
    const notChecked = ["there are no credentials for its cluster here", ...unreadable].join("; ");
    const complete = unread.complete && unreadable.length === 0;
    return { state: { ...state, notChecked }, ...unread, certificates: certificates(), complete };
  }
  const { errors, unknown, workload, ...found } = await readCluster(name, cluster, created, restore);
  const connectionError = errors.find((e) => !(e instanceof ApiError));
  const notChecked = [...new Set([...errors.map(errorLine), ...unknown, ...unreadable])].join("; ") || undefined;
  return {
    state: {
      ...state,
      problem: connectionError && `cannot be reached: ${errorLine(connectionError)}`,
      notChecked,
    },
    ...found,
    certificates: certificates(workload),
    complete: notChecked === undefined,
  };
}

/** The certificates in a contract, or none and why: a contract is checked less strictly than they are read. */
async function publishedBy(contract: FederationContract): Promise<PublishedCertificates & { unreadable: string[] }> {
  try {
    return { ...(await trustContractOf(contract)), unreadable: [] };
  } catch (error) {
    const unreadable = [printable(`the certificates in its contract cannot be read: ${errorLine(error)}`)];
    return { mesh: contract.mesh.name, ca: undefined, roots: [], unreadable };
  }
}

/** Reads a workload, drift and gateways; `errors` of the cluster, and `unknown` for what cannot be known of it. */
async function readCluster(
  name: string,
  cluster: KubeClient,
  created: () => Promise<FederationObject[]>,
  restore: string,
) {
  const unknown: string[] = [];
  const compare = async () => {
    const objects = await created().catch(
      (error: unknown) => void unknown.push(`the objects that its stack created are unknown: ${reasonOf(error)}`),
    );
    return objects ? liveDriftOf(name, objects, cluster, restore) : { drift: [], errors: [] };
  };
  const errors: Error[] = [];
  const unlessError = <T>(read: Promise<T[]>) => read.catch((error: Error): T[] => (errors.push(error), []));
  const [[found], gateways, { drift, errors: unlisted }] = await Promise.all([
    unlessError(readWorkloadTrust(cluster).then((reading) => [reading])),
    unlessError(readGatewayHealth(cluster)),
    compare(),
  ]);
  const workload = found && !isUnread(found) ? found : undefined;
  if (found && isUnread(found)) unknown.push(found.failure);
  const unread = gateways.flatMap(({ proxies }) => proxies.flatMap((p) => (failed(p) ? [p.failure] : [])));
  if (unread.length > 0) unknown.push(`the listeners of its gateway were not read: ${unread[0]}`);
  const gatewayProblemsOf = gateways.flatMap(gatewayProblems).map((description) => ({ mesh: name, description }));
  return { workload, drift, gatewayProblems: gatewayProblemsOf, errors: [...errors, ...unlisted], unknown };
}

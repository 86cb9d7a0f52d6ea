import { configuredRotation, type ConfiguredRotation } from "../federation/config/rotationKeys.ts";
import { trustContractOf } from "../federation/trust/trustContract.ts";
import type { TrustContract, TrustEvidence, Unread } from "../federation/trust/trustEvidence.ts";
import { errorLine } from "../kube/errors.ts";
import { readMeshTrust } from "../kube/meshTrust.ts";
import type { Toolchain } from "../tools/index.ts";
import { readMeshes, type Mesh } from "../workspace/meshes.ts";
import { meshStackFiles, readStackFile } from "../workspace/stackFiles.ts";
import { root } from "../workspace/workspace.ts";
import { sampleHandshakes, type HandshakeSample } from "./sampleHandshakes.ts";

/** A mesh of this project, with what its stack file says about its root. */
export interface OwnMesh {
  name: string;
  stack: string;
  configured: ConfiguredRotation;
}

/** What is known about the trust of the meshes. */
export interface FederationTrust {
  own: OwnMesh[];
  contracts: ReadonlyMap<string, TrustContract>;
  clusters: ReadonlyMap<string, TrustEvidence | Unread>;
  handshakes: HandshakeSample;
  /** Why a mesh could not be read, by mesh: the end of a sentence that begins with the mesh. */
  problems: ReadonlyMap<string, string>;
}

/** The meshes with a stack file here. Throws a UserError that names an invalid file. */
export function ownMeshes(): OwnMesh[] {
  return meshStackFiles(root).map(({ name, stack }) => ({
    name,
    stack,
    configured: configuredRotation(readStackFile(root, stack), stack),
  }));
}

/** Reads contracts, all proxies of the clusters for which there are credentials, and handshakes of the other meshes. */
export async function readFederation(tools: Toolchain, own: OwnMesh[]): Promise<FederationTrust> {
  const meshes = await readMeshes(tools);
  const problems = new Map(meshes.flatMap(({ name, problem }) => (problem ? [[name, problem]] : [])));
  const contracts = new Map<string, TrustContract>();
  for (const { name, contract } of meshes)
    if (contract)
      try {
        contracts.set(name, await trustContractOf(contract));
      } catch (error) {
        problems.set(name, `has a contract whose certificates cannot be read: ${errorLine(error)}`);
      }
  const clusters = new Map(
    await Promise.all(meshes.flatMap(({ name, cluster }) => (cluster ? [readCluster(name, cluster)] : []))),
  );
  return { own, contracts, clusters, handshakes: await sampleUnread(meshes, clusters), problems };
}

async function readCluster(
  mesh: string,
  cluster: NonNullable<Mesh["cluster"]>,
): Promise<[string, TrustEvidence | Unread]> {
  try {
    return [mesh, await readMeshTrust(cluster, { mesh })];
  } catch (error) {
    return [mesh, { failure: errorLine(error) }];
  }
}

/** Handshakes of the meshes whose proxies were not read. */
async function sampleUnread(meshes: Mesh[], clusters: ReadonlyMap<string, object>): Promise<HandshakeSample> {
  const isRead = (name: string) => clusters.has(name) && !("failure" in clusters.get(name)!);
  const samples = await Promise.all(
    meshes.flatMap(({ name, contract }) => (contract && !isRead(name) ? [sampleHandshakes(contract)] : [])),
  );
  return {
    handshakes: samples.flatMap((s) => s.handshakes),
    failures: samples.flatMap((s) => s.failures),
  };
}

import type { Toolchain } from "../../toolchain/index.ts";
import { shortly } from "./gather/cluster.ts";
import { certificatesOf, driftOf } from "./gather/statusEvidence.ts";
import { readMeshes } from "./meshes.ts";
import { statusOf, type Drift, type Expiry, type Status } from "./report/status.ts";

/** Reads the federation's status from stacks and clusters. A cluster that does not answer costs its mesh a line, no more. */
export async function readStatus(tools: Toolchain): Promise<{ status: Status; complete: boolean }> {
  const meshes = await readMeshes(tools);
  const certificates: Expiry[] = [];
  const drift: Drift[] = [];
  await Promise.all(
    meshes.map(async (mesh) => {
      if (!mesh.contract || !mesh.cluster) return;
      try {
        const [ends, differences] = await Promise.all([certificatesOf(mesh.name, mesh.cluster), driftOf(mesh.contract, mesh.cluster)]);
        certificates.push(...ends);
        drift.push(...differences);
      } catch (error) {
        mesh.problem = `cannot be reached: ${shortly(error)}`;
      }
    }),
  );
  return { status: statusOf(meshes, certificates, drift), complete: meshes.every((m) => !m.problem) };
}

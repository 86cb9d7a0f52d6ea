import type { FederationObject } from "../federation/objects/federationObject.ts";
import type { Toolchain } from "../tools/index.ts";
import { certificatesOf } from "./certificates.ts";
import { shortly } from "../kube/cluster.ts";
import { liveDriftOf } from "./liveDrift.ts";
import { madeObjects } from "./madeObjects.ts";
import { readMeshes, reasonOf, type Mesh } from "../workspace/meshes.ts";
import { statusOf, type LiveDrift, type Expiry, type MeshState, type Status } from "./screen.ts";

/** Reads the federation's status from stacks and clusters. A cluster that does not answer costs its mesh a line, no more. */
export async function readStatus(tools: Toolchain): Promise<{ status: Status; complete: boolean }> {
  const seen = await Promise.all(
    (await readMeshes(tools)).map((mesh) => lookAtMesh(mesh, () => madeObjects(tools, mesh.stack))),
  );
  const status = statusOf(
    seen.map((s) => s.state),
    seen.flatMap((s) => s.certificates),
    seen.flatMap((s) => s.drift),
  );
  return { status, complete: seen.every((s) => s.complete) };
}

/** What was seen in a mesh's cluster. */
interface Seen {
  state: MeshState;
  certificates: Expiry[];
  drift: LiveDrift[];
  /** Whether everything was seen that its credentials are there for. */
  complete: boolean;
}

/**
 * Looks into a mesh's cluster, as far as there are credentials and they suffice.
 * @param made reads what the mesh's stack made in it
 */
export async function lookAtMesh(
  { name, contract, cluster, problem }: Mesh,
  made: () => Promise<FederationObject[]>,
): Promise<Seen> {
  const state = { name, contract, problem };
  if (!contract) return { state, certificates: [], drift: [], complete: !problem };
  if (!cluster)
    return {
      state: { ...state, notLookedAt: "there are no credentials for its cluster here" },
      certificates: [],
      drift: [],
      complete: !problem,
    };
  const unknown: string[] = [];
  const objects = made().catch(
    (error: unknown) => void unknown.push(`what should be in its cluster is not known: ${reasonOf(error)}`),
  );
  const compare = async () => {
    const known = await objects;
    return known ? liveDriftOf(name, known, cluster) : { drift: [], refusals: [] };
  };
  const [certificates, { drift, refusals: drifts }] = await Promise.all([
    certificatesOf(name, cluster).catch((error: Error) => error),
    compare(),
  ]);
  const refusals = [...(certificates instanceof Error ? [certificates] : []), ...drifts];
  const unreached = refusals.find((e) => !isAnswer(e));
  const notLookedAt = [...new Set([...refusals.map(shortly), ...unknown])].join("; ") || undefined;
  return {
    state: { ...state, problem: unreached && `cannot be reached: ${shortly(unreached)}`, notLookedAt },
    certificates: certificates instanceof Error ? [] : certificates,
    drift,
    complete: notLookedAt === undefined,
  };
}

/** Whether an error is the API server's own answer, such as a refusal: the cluster was reached. */
function isAnswer(error: Error): boolean {
  return typeof (error.cause as { code?: unknown } | undefined)?.code === "number";
}

import type { Toolchain } from "../../toolchain/index.ts";
import { shortly } from "./gather/cluster.ts";
import { certificatesOf, liveDriftOf } from "./gather/statusEvidence.ts";
import { readMeshes, type Mesh } from "./meshes.ts";
import { statusOf, type LiveDrift, type Expiry, type MeshState, type Status } from "./report/status.ts";

/** Reads the federation's status from stacks and clusters. A cluster that does not answer costs its mesh a line, no more. */
export async function readStatus(tools: Toolchain): Promise<{ status: Status; complete: boolean }> {
  const seen = await Promise.all((await readMeshes(tools)).map(lookAtMesh));
  const status = statusOf(seen.map((s) => s.state), seen.flatMap((s) => s.certificates), seen.flatMap((s) => s.drift));
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

/** Looks into a mesh's cluster, as far as there are credentials and they suffice. */
export async function lookAtMesh({ name, contract, cluster, problem }: Mesh): Promise<Seen> {
  const state = { name, contract, problem };
  if (!contract) return { state, certificates: [], drift: [], complete: !problem };
  if (!cluster) return { state: { ...state, notLookedAt: "there are no credentials for its cluster here" }, certificates: [], drift: [], complete: !problem };
  const [certificates, drift] = await Promise.allSettled([certificatesOf(name, cluster), liveDriftOf(contract, cluster)]);
  const refusals = [certificates, drift].flatMap((r) => (r.status === "rejected" ? [r.reason as Error] : []));
  const unreached = refusals.find((e) => !isAnswer(e));
  const notLookedAt = [...new Set(refusals.map(shortly))].join("; ") || undefined;
  return {
    state: { ...state, problem: unreached && `cannot be reached: ${shortly(unreached)}`, notLookedAt },
    certificates: certificates.status === "fulfilled" ? certificates.value : [],
    drift: drift.status === "fulfilled" ? drift.value : [],
    complete: refusals.length === 0,
  };
}

/** Whether an error is the API server's own answer, such as a refusal: the cluster was reached. */
function isAnswer(error: Error): boolean {
  return typeof (error.cause as { code?: unknown } | undefined)?.code === "number";
}

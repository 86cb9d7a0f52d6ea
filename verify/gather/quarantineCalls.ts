import type { Mesh } from "../../workspace/meshes.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { edgeName, edgesOf, type Contracts } from "../edge.ts";
import { isFromUpstream } from "../hops/sidecarError.ts";
import { verifyEdges, type FindPod, type GatherEvidence, type Task } from "../verifyEdges.ts";

/** A call from a mesh to one that has it in quarantine. */
export interface QuarantineCall {
  /** The edge, for people. */
  call: string;
  outcome: "refused" | "accepted" | "inconclusive";
  /** What was seen. */
  detail: string;
}

/** Number of edges that are called. */
const maxCalls = 4;

/** Hops at which the mesh that is called refuses: a call that ends before never came there. */
const refusing = ["sni", "tls", "authorization"];

/**
 * Calls from a mesh, as it is deployed now, to one that has it in quarantine, by imports that no other mesh and no
 * local Service can answer. A mesh that has deployed since has no such import any more.
 */
export async function callFromQuarantined(
  from: Mesh,
  to: string,
  contracts: Contracts,
  find?: FindPod,
  gather?: GatherEvidence,
): Promise<QuarantineCall[]> {
  const { contract, cluster, stack, fallbackClient } = from;
  if (!contract || !cluster) return [];
  const edges = edgesOf(contract, stack, contracts, fallbackClient).withClient.filter(
    ({ meshes, blended }) => meshes.length === 1 && meshes[0] === to && !blended,
  );
  const access = { own: cluster, peers: new Map(), contracts, issuers: {} };
  const tasks = edges.slice(0, maxCalls).map((edge): Task => ({ edge, access }));
  return (await verifyEdges(tasks, 0, find, gather)).map(outcomeOf);
}

function outcomeOf({ edge, failedHop, evidence: { answer } }: EdgeResult): QuarantineCall {
  const call = edgeName(edge);
  const seen = answer?.status !== undefined ? `status ${answer.status}` : answer?.problem || "no answer";
  if (failedHop && refusing.includes(failedHop.hop))
    return { call, outcome: "refused", detail: `at hop ${failedHop.hop}` };
  // A policy is applied to a TCP connection when data is sent on it.
  if (isFromUpstream(answer) && edge.probe.kind !== "tcp") return { call, outcome: "accepted", detail: seen };
  return { call, outcome: "inconclusive", detail: failedHop ? `it ends at hop ${failedHop.hop}` : seen };
}

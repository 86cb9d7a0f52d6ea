import { setTimeout as sleep } from "node:timers/promises";
import type { ContractQuarantine } from "../../federation/contract/contract.ts";
import { trustContractsOf } from "../../federation/trust/trustContract.ts";
import { retryInterval } from "../../kube/retry.ts";
import type { Mesh } from "../../workspace/meshes.ts";
import type { Contracts } from "../edge.ts";
import { failed } from "../evidence.ts";
import { callFromQuarantined } from "../gather/quarantineCalls.ts";
import { readClusterEvidence } from "../gather/quarantineEvidence.ts";
import { quarantineResult } from "./quarantine.ts";
import { negativeResult, unlessForbidden, type NegativeCheck, type NegativeResult } from "./result.ts";

/** Reads what a quarantine is judged by. */
export interface QuarantineReaders {
  cluster: typeof readClusterEvidence;
  calls: typeof callFromQuarantined;
}

/**
 * Checks that a mesh has cut off each peer that it has in quarantine, one result per peer. A check that does not pass
 * is repeated until time is up: a change takes seconds to reach every proxy, and connections end later.
 *
 * @param contracts of all meshes that can be read
 * @param callers meshes from whose clusters calls may be made
 * @param wait milliseconds
 */
export async function checkQuarantines(
  check: NegativeCheck,
  mesh: Mesh,
  { contracts, callers }: { contracts: Contracts; callers: readonly Mesh[] },
  wait: number,
  readers: QuarantineReaders = { cluster: readClusterEvidence, calls: callFromQuarantined },
): Promise<NegativeResult[]> {
  const { contract: own, cluster } = mesh;
  if (!own || own.quarantine.length === 0) return [];
  if (!cluster) return own.quarantine.map((entry) => withoutCluster(check, mesh.name, entry));
  const trust = await trustContractsOf(contracts);
  for (let until: number | undefined; ;) {
    const evidence = await unlessForbidden(() => readers.cluster(cluster, mesh.name));
    if (failed(evidence)) return own.quarantine.map((entry) => forbidden(check, mesh.name, entry, evidence.failure));
    const results = await Promise.all(
      own.quarantine.map(async (entry) => {
        const from = callers.find(({ name }) => name === entry.mesh);
        const calls = from ? await readers.calls(from, mesh.name, contracts) : [];
        return quarantineResult(check, { own, entry, contracts, trust }, { ...evidence, calls });
      }),
    );
    until ??= Date.now() + wait;
    if (results.every(({ state }) => state === "passed") || Date.now() + retryInterval > until) return results;
    await sleep(retryInterval);
  }
}

function withoutCluster(check: NegativeCheck, mesh: string, { mesh: peer }: ContractQuarantine): NegativeResult {
  return negativeResult(
    check,
    mesh,
    {
      state: "unknown",
      control: "none: there are no credentials",
      evidence: `there are no credentials for the cluster of ${mesh} here`,
      remedy: `to enable this check, run it with the credentials of stack ${mesh}`,
      seenFrom: mesh,
    },
    peer,
  );
}

function forbidden(
  check: NegativeCheck,
  mesh: string,
  { mesh: peer }: ContractQuarantine,
  failure: string,
): NegativeResult {
  return negativeResult(
    check,
    mesh,
    {
      state: "unknown",
      control: "none: listing is not allowed",
      evidence: failure,
      remedy:
        `to enable this check, allow the credentials for ${mesh} to list pods, gateways and authorizationpolicies in ` +
        "all namespaces, and to create pods/exec",
      seenFrom: mesh,
    },
    peer,
  );
}

import type { Finding } from "../../federation/errors/userError.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import type { Contracts } from "../edge.ts";
import { failed, type Failure } from "../evidence.ts";
import { negativeResult, type NegativeCheck, type NegativeResult } from "./result.ts";

/** Objects of a cluster that must not exist. */
export interface Inspection {
  /** Number and kind of the objects that were read: the control. */
  control: string;
  /** The failure; undefined where no such object exists. */
  problem: string | undefined;
  /** Why that proves nothing, where it does not. */
  inconclusive?: string | undefined;
  /** The failure as findings, where it has codes of its own. */
  findings?: readonly Finding[];
}

/** The mesh whose cluster is inspected, and the contracts that can be read. */
export interface InspectedMesh {
  mesh: string;
  contracts: Contracts;
}

/** A negative check in a mesh's own cluster. It only reads. */
export interface ClusterCheck extends NegativeCheck {
  /** The resource that it lists in all namespaces, for the remedy where that is not allowed. */
  resource: string;
  inspect: (cluster: KubeClient, mesh: InspectedMesh) => Promise<Inspection>;
}

/** The result of an inspection, or of the refusal to these credentials. */
export function clusterResult(check: ClusterCheck, mesh: string, inspection: Inspection | Failure): NegativeResult {
  if (failed(inspection))
    return negativeResult(check, mesh, {
      state: "unknown",
      control: "none: listing is not allowed",
      evidence: inspection.failure,
      remedy: [
        `to enable this check, allow the credentials for ${mesh} to list ${check.resource} in all namespaces`,
        '(a ClusterRole with verb "list", bound by a ClusterRoleBinding)',
      ].join(" "),
      seenFrom: mesh,
    });
  const { control, problem, inconclusive, findings = [] } = inspection;
  return negativeResult(check, mesh, {
    ...(findings.length > 0 ? { findings } : {}),
    state: problem ? "failed" : inconclusive ? "unknown" : "passed",
    control,
    evidence: problem ?? inconclusive ?? `none among ${control}`,
    seenFrom: mesh,
  });
}

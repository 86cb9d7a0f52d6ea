import type { Operation } from "../object/api.ts";
import type { Readiness } from "./readiness.ts";

/**
 * A claim is ready when it is bound. One whose storage class binds no volume before a pod uses it is ready while it
 * waits for that pod. https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */
export function claimReadiness(operation: Operation): Readiness {
  let bindsLate: boolean | undefined;
  return async (live) => {
    const phase = live.status?.phase as string | undefined;
    if (phase === "Bound") return undefined;
    const name = live.spec?.storageClassName as string | undefined;
    if (name) bindsLate ??= (await modeOf(operation, name)) === "WaitForFirstConsumer";
    return bindsLate && phase === "Pending"
      ? undefined
      : `waiting until the claim is bound (${phase ?? "not seen yet"})`;
  };
}

async function modeOf({ cluster, signal }: Operation, storageClass: string): Promise<string | undefined> {
  const { status, body } = await cluster.request("GET", `/apis/storage.k8s.io/v1/storageclasses/${storageClass}`, {
    signal,
  });
  // Whoever deploys need not be allowed to read the cluster's storage classes.
  return status === 200 ? body.volumeBindingMode : undefined;
}

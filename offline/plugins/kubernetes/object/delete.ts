import { setTimeout as sleep } from "node:timers/promises";
import { reveal, type Values } from "../../shared/values.ts";
import { timeoutOf } from "../await/timeout.ts";
import { get, Refused, type Operation } from "./api.ts";
import { parseId, type LiveObject } from "./state.ts";
import { dropUnreachable } from "./unreachable.ts";

/** Who waits for an object's dependents: https://kubernetes.io/docs/concepts/architecture/garbage-collection/ */
const propagations = ["Foreground", "Background", "Orphan"];

/**
 * Kinds whose deletion is not waited for either where `pulumi.com/skipAwait` says so; the end of all others is.
 * https://github.com/pulumi/pulumi-kubernetes/issues/1232
 */
const skipping = [
  "v1/Namespace",
  "v1/Pod",
  "v1/ReplicationController",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/StatefulSet",
  "batch/v1/Job",
];

/**
 * Deletes an object and waits until it is gone. One that is gone already, with its kind or without, is no error.
 *
 * @throws when it is still there in the end, with the finalizers that hold it
 */
export async function deleteObject(operation: Operation, id: string, object: Values, timeout: number): Promise<void> {
  try {
    await deleteReachable(operation, id, reveal(object) as LiveObject, timeout);
  } catch (error) {
    dropUnreachable(error, operation.cluster);
  }
}

async function deleteReachable(operation: Operation, id: string, plain: LiveObject, timeout: number): Promise<void> {
  const kind = await operation.cluster.resourceOf(plain.apiVersion, plain.kind);
  if (!kind) return;
  const { name, namespace = kind.namespaced ? operation.cluster.namespace : undefined } = parseId(id);
  const path = kind.path(namespace, name);
  const asked = plain.metadata?.annotations?.["pulumi.com/deletionPropagationPolicy"]?.toLowerCase();
  const propagationPolicy = propagations.find((policy) => policy.toLowerCase() === asked) ?? "Foreground";
  const { status, body } = await operation.cluster.request("DELETE", path, {
    body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy },
    signal: operation.signal,
  });
  if (status === 404) return;
  if (status >= 300) throw new Refused(status, body);
  if (
    plain.metadata?.annotations?.["pulumi.com/skipAwait"] === "true" &&
    skipping.includes(`${plain.apiVersion}/${plain.kind}`)
  )
    return;
  const uid = (body as any)?.metadata?.uid ?? (body as any)?.details?.uid;
  const seconds = timeoutOf(timeout, plain.metadata?.annotations);
  for (const until = Date.now() + seconds * 1000; ; await sleep(250, undefined, { signal: operation.signal })) {
    const live = await get(operation, kind, namespace, name);
    // Another object may have taken its name.
    if (!live || (uid && live.metadata.uid !== uid)) return;
    const held = live.metadata.finalizers?.length
      ? `, held by its finalizers ${live.metadata.finalizers.join(", ")}`
      : "";
    operation.engine.log("info", `waiting until it is gone${held}`, operation.urn, true);
    if (Date.now() > until)
      throw new Error(
        `timed out waiting for the condition: "${id}" is still there ${seconds} s after ` +
          `its deletion${held}; look at it (kubectl describe ${kind.plural} ` +
          `${name}${namespace ? ` -n ${namespace}` : ""}) and run the same command again`,
      );
  }
}

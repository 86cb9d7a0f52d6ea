import { reveal, type Values } from "../../shared/values.ts";
import { Unreachable } from "../cluster.ts";
import { get, type Operation } from "./api.ts";
import { parseId, type LiveObject } from "./state.ts";

/**
 * Whether an object is to be made anew because it is not ready, as its annotation `pulumi.com/replaceUnready` wishes.
 * Only a Job can be: it is not ready until it is complete. What cannot be read is left as it is.
 */
export async function isUnready(operation: Operation, id: string, news: Values): Promise<boolean> {
  const { apiVersion, kind, metadata } = reveal(news) as Partial<LiveObject>;
  if (metadata?.annotations?.["pulumi.com/replaceUnready"] !== "true") return false;
  if (kind !== "Job" || !apiVersion) {
    operation.engine.log("warning", "replaceUnready annotation is not supported for this resource", operation.urn);
    return false;
  }
  try {
    const { namespace, name } = parseId(id);
    const job = await operation.cluster.resourceOf(apiVersion, kind);
    const live = job && (await get(operation, job, namespace ?? operation.cluster.namespace, name));
    return (
      live !== undefined &&
      !(live.status?.conditions ?? []).some(
        (c: { type: string; status: string }) => c.type === "Complete" && c.status === "True",
      )
    );
  } catch (error) {
    if (error instanceof Unreachable)
      operation.engine.log("warning", "Cluster is unreachable, skipping replaceUnready check", operation.urn);
    return false;
  }
}

import type { ResourceRequest } from "../../shared/plugin.ts";
import type { Values } from "../../shared/values.ts";
import { Unreachable, type Cluster, type Context, type ResourceHandler } from "../cluster.ts";
import type { Operation } from "./api.ts";

/** What to do about a cluster that will not come back. */
const wayOut = "; if it is gone for good, set PULUMI_K8S_DELETE_UNREACHABLE=true or the provider's deleteUnreachable";

/**
 * What a deletion does that a cluster did not answer: nothing, where the provider says `deleteUnreachable`; else it
 * fails and says so.
 */
export function dropUnreachable(error: unknown, { options }: Pick<Cluster, "options">): void {
  if (error instanceof Unreachable && options.deleteUnreachable) return;
  if (error instanceof Unreachable) error.message += wayOut;
  throw error;
}

/**
 * What a read tells of an object whose cluster does not answer: that it is gone (`deleteUnreachable`), what the state
 * says (`skipUpdateUnreachable`; an import has none), or nothing: it fails.
 */
export function readUnreachable(
  { id, properties, inputs, cluster, engine, urn }: Parameters<ResourceHandler["read"]>[0],
  error: Unreachable,
): Awaited<ReturnType<ResourceHandler["read"]>> {
  const { deleteUnreachable, skipUpdateUnreachable } = cluster.options;
  if (deleteUnreachable) {
    engine.log("warning", `${error.message}; deleteUnreachable is set, so that it is taken out of the state`, urn);
    return undefined;
  }
  if (skipUpdateUnreachable && Object.keys(properties).length > 0) {
    engine.log(
      "warning",
      `${error.message}; skipUpdateUnreachable is set, so that the state stays as it was and may be out of date`,
      urn,
    );
    return { id, properties, inputs };
  }
  throw new Unreachable(`failed to read resource state due to unreachable cluster: ${error.message}${wayOut}`);
}

const told = new WeakSet<Cluster>();

/** Says, once for a cluster, why previews show no more than what is asked for. */
export function tellUnreachable({ cluster, engine, urn }: Operation, error: Unreachable): void {
  if (told.has(cluster)) return;
  told.add(cluster);
  engine.log("warning", `${error.message} (previewed without it: what it would make of the objects is not shown)`, urn);
}

const answering = new WeakMap<Cluster, Promise<boolean>>();

/**
 * Old inputs, for a resource that is left as it is since its cluster does not answer and the provider says
 * `skipUpdateUnreachable`; undefined for all others. A new resource has none to keep.
 */
export async function skippedInputs({
  urn,
  olds,
  cluster,
  engine,
}: ResourceRequest & Context & { olds: Values }): Promise<Values | undefined> {
  if (!cluster.options.skipUpdateUnreachable || Object.keys(olds).length === 0) return undefined;
  const asked =
    answering.get(cluster) ??
    cluster.serverVersion().then(
      () => true,
      (error: unknown) => !(error instanceof Unreachable),
    );
  answering.set(cluster, asked);
  if (await asked) return undefined;
  engine.log(
    "warning",
    "configured Kubernetes cluster is unreachable; skipUpdateUnreachable is set, so that nothing is changed",
    urn,
  );
  return olds;
}

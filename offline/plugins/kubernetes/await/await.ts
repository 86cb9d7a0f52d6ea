import { setTimeout as sleep } from "node:timers/promises";
import type { ResourceKind } from "../cluster.ts";
import { get, type Operation } from "../object/api.ts";
import type { LiveObject } from "../object/state.ts";
import { parseConditions, unmet } from "./conditions.ts";
import { reasonsOf } from "./reasons.ts";
import { Hopeless, readinessOf, type Readiness } from "./readiness.ts";
import { timeoutOf } from "./timeout.ts";

/** An object did not become what it should. */
export class NotReady extends Error {
  readonly live: LiveObject;
  readonly reasons: string[];
  constructor(message: string, live: LiveObject, reasons: string[]) {
    super(message);
    this.live = live;
    this.reasons = reasons;
  }
}

/**
 * Waits until an object is ready as its kind means it, or as its annotations say: `pulumi.com/skipAwait`,
 * `pulumi.com/waitFor`, `pulumi.com/timeoutSeconds`.
 * https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
 *
 * @param timeout seconds, as the resource says; 0: it does not
 * @returns the object as it is then
 * @throws NotReady when time is up or it cannot become ready any more
 */
export async function awaitObject(
  operation: Operation,
  kind: ResourceKind,
  written: LiveObject,
  timeout: number,
): Promise<LiveObject> {
  const annotations = written.metadata.annotations ?? {};
  if (annotations["pulumi.com/skipAwait"] === "true") return written;
  const waitFor = annotations["pulumi.com/waitFor"];
  const conditions = waitFor === undefined ? undefined : parseConditions(waitFor);
  const ready: Readiness | undefined = conditions
    ? async (live) => unmet(live, conditions)
    : readinessOf(operation, kind);
  if (!ready) return written;
  const seconds = timeoutOf(timeout, annotations);
  const { name, namespace } = written.metadata;
  let live = written;
  let shown = "";
  // What is quick is seen quickly, what takes minutes is not asked for all the time.
  for (let pause = 100, until = Date.now() + seconds * 1000; ; pause = Math.min(pause * 1.5, 1000)) {
    let missing: string | undefined;
    const last = Date.now() > until;
    try {
      missing = await ready(live, last);
    } catch (error) {
      if (error instanceof Hopeless) throw new NotReady(error.message, live, await reasonsOf(operation, kind, live));
      throw error;
    }
    if (missing === undefined) return live;
    if (missing !== shown) operation.engine.log("info", (shown = missing), operation.urn, true);
    if (last) {
      const reasons = [
        `${kind.kind} ${name} was not ready after ${seconds} s: ${missing}`,
        ...(await reasonsOf(operation, kind, live)),
      ];
      throw new NotReady(`'${name}' timed out waiting to be Ready`, live, reasons);
    }
    await sleep(pause, undefined, { signal: operation.signal });
    const now = await get(operation, kind, namespace, name);
    if (!now) throw new NotReady(`'${name}' was deleted by somebody else while it was waited for`, live, []);
    live = now;
  }
}

/** Kinds whose objects are asked for their readiness whenever they are read, not only when they are written. */
const watched = [
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "/Pod",
  "batch/Job",
  "/Service",
  "networking.k8s.io/Ingress",
];

/**
 * Why an object that was read is not ready, what it lacks first; undefined when it is. As the official plugin: its
 * resource is then updated by the next `up`.
 *
 * @param annotations what the resource asks for, which is what tells whether it is waited for
 */
export async function unreadiness(
  operation: Operation,
  kind: ResourceKind,
  live: LiveObject,
  annotations: Record<string, string> = {},
): Promise<string[] | undefined> {
  if (!watched.includes(`${kind.group}/${kind.kind}`) || annotations["pulumi.com/skipAwait"] === "true")
    return undefined;
  try {
    const missing = await readinessOf(operation, kind)!(live, true);
    return missing === undefined ? undefined : [missing, ...(await reasonsOf(operation, kind, live))];
  } catch (error) {
    if (error instanceof Hopeless) return [error.message, ...(await reasonsOf(operation, kind, live))];
    throw error;
  }
}

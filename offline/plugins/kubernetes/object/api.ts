import { setTimeout as sleep } from "node:timers/promises";
import type { Context, HttpOptions, ResourceKind } from "../cluster.ts";
import type { LiveObject } from "./state.ts";

/** What a request is done for: where it goes, what it may tell the user, and when to stop. */
export interface Operation extends Context {
  urn: string;
  signal: AbortSignal;
}

/** The API server's refusal, with its status code and its `Status` object. */
export class Refused extends Error {
  readonly status: number;
  readonly reason: string;
  readonly causes: { reason?: string; message?: string; field?: string }[];
  constructor(status: number, body: any) {
    super(
      typeof body === "object" && body !== null && typeof body.message === "string"
        ? body.message
        : `the API server answered ${status}: ${String(body).slice(0, 300)}`,
    );
    this.status = status;
    this.reason = body?.reason ?? "";
    this.causes = body?.details?.causes ?? [];
  }
}

/** How long a refusal that tends to pass is put up with, in milliseconds. */
const patience = 60_000;

/**
 * One exchange about an object; what the server warns of is passed on. What passes by itself is tried again for a
 * minute: an admission webhook whose pods are
 * just starting, and a namespace that is just being made.
 *
 * @throws Refused
 */
export async function call(
  operation: Operation,
  method: string,
  path: string,
  options: HttpOptions = {},
): Promise<any> {
  for (const until = Date.now() + patience; ; await sleep(1000, undefined, { signal: operation.signal })) {
    const {
      status,
      body,
      warnings = [],
    } = await operation.cluster.request(method, path, { ...options, signal: operation.signal });
    for (const warning of warnings) operation.engine.log("warning", warning, operation.urn);
    if (status < 300) return body;
    const refused = new Refused(status, body);
    if (options.query?.["dryRun"] || !passes(refused) || Date.now() > until) throw refused;
    operation.engine.log("info", `trying again: ${refused.message.slice(0, 200)}`, operation.urn, true);
  }
}

/** The object, or undefined when there is none. */
export async function get(
  operation: Operation,
  kind: ResourceKind,
  namespace: string | undefined,
  name: string,
): Promise<LiveObject | undefined> {
  const { status, body } = await operation.cluster.request("GET", kind.path(namespace, name), {
    signal: operation.signal,
  });
  if (status === 404) return undefined;
  if (status >= 300) throw new Refused(status, body);
  return body as LiveObject;
}

/** How long a kind may take to appear whose definition was made just now, in milliseconds. */
const kindPatience = 20_000;

/**
 * The kind of an object. Waits a little for one that is not served yet, unless `wait` is false.
 *
 * @throws when the cluster does not serve it
 */
export async function kindOf(
  operation: Operation,
  apiVersion: string,
  kind: string,
  wait: boolean,
): Promise<ResourceKind> {
  for (
    const until = Date.now() + (wait ? kindPatience : 0);
    ;
    await sleep(1000, undefined, { signal: operation.signal })
  ) {
    const found = await operation.cluster.resourceOf(apiVersion, kind);
    if (found) return found;
    if (Date.now() >= until) throw new UnknownKind(apiVersion, kind, operation.cluster.server);
    operation.engine.log("info", `waiting for the cluster to serve ${apiVersion} ${kind}`, operation.urn, true);
  }
}

/** The cluster does not serve a kind. */
export class UnknownKind extends Error {
  constructor(apiVersion: string, kind: string, server: string) {
    super(
      `the cluster at ${server} serves no kind ${kind} in ${apiVersion}: is the name ` +
        "right, and is its CustomResourceDefinition installed first (dependsOn)?",
    );
  }
}

function passes({ status, message }: Refused): boolean {
  if (status === 500 && /failed calling webhook/.test(message))
    return /connection refused|no endpoints|EOF|context deadline exceeded|i\/o timeout|connection reset|no route to host|no service port|not found|service unavailable|x509/i.test(
      message,
    );
  return status === 404 && /namespaces? ".*" not found/.test(message);
}

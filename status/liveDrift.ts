import type { FederationObject } from "../federation/objects/federationObject.ts";
import { isManaged } from "../federation/objects/labels.ts";
import type { KubeClient } from "../kube/kubeClient.ts";
import type { IstioObject } from "../kube/objects.ts";
import { differencesOf } from "./differences.ts";
import type { Drift } from "./status.ts";

/** The kind by which a gateway exposes hosts. It is read even where the stack created none. */
const gateways = { apiVersion: "networking.istio.io/v1", kind: "Gateway" };

/** How an object of a stack comes back. */
export const upRefresh = "`pulumi up --refresh`";

/** The drift of a mesh's objects, and the errors of kinds that could not be read. */
export interface LiveDrift {
  drift: Drift[];
  errors: Error[];
}

/**
 * Compares a mesh's objects in its cluster with those that its stack created: every field of every object's spec. The
 * API server adds no field there: none of Istio's kinds in use has a default.
 */
export async function liveDriftOf(
  mesh: string,
  created: FederationObject[],
  cluster: Pick<KubeClient, "istio">,
  restore = upRefresh,
): Promise<LiveDrift> {
  const kinds = [...new Map([gateways, ...created].map(({ apiVersion, kind }) => [kind, apiVersion]))];
  const readings = await Promise.allSettled(
    kinds.map(async ([kind, apiVersion]) => {
      const group = apiVersion.startsWith("security.") ? "security" : "networking";
      const live = await cluster.istio(group, pluralOf(kind));
      return driftOfKind(
        kind,
        created.filter((o) => o.kind === kind),
        live,
        restore,
      );
    }),
  );
  return {
    drift: readings
      .flatMap((r) => (r.status === "fulfilled" ? r.value : []))
      .map((description) => ({ mesh, description })),
    errors: readings.flatMap((r) => (r.status === "rejected" ? [r.reason as Error] : [])),
  };
}

/** `gateways`, `authorizationpolicies`. */
function pluralOf(kind: string): string {
  return `${kind.toLowerCase().replace(/(?<![aeiou])y$/, "ie")}s`;
}

function driftOfKind(kind: string, created: FederationObject[], live: IstioObject[], restore: string): string[] {
  const changed = created.flatMap((object) => {
    const found = live.find((o) => isSame(object, o));
    if (!found) return [`${nameOf(kind, object)} is missing: ${restore}`];
    const changes = changesOf(found, object, restore);
    return changes ? [`${nameOf(kind, object)}: ${changes}`] : [];
  });
  const extra = live.filter((o) => isManaged(o.metadata) && !created.some((object) => isSame(object, o)));
  return [
    ...changed,
    ...extra.map(
      (o) =>
        `${nameOf(kind, o)} has this project's label, but the stack did not create it: \`kubectl delete\` it, ` +
        "or remove the label",
    ),
  ];
}

/** The differences of an object, with their remedies; undefined where there are none. */
function changesOf(live: IstioObject, created: FederationObject, restore: string): string | undefined {
  const differences = differencesOf(live.spec, created.spec);
  if (differences.length === 0) return undefined;
  const remedies = [
    ...(differences.some((d) => !d.added) ? [restore] : []),
    ...(differences.some((d) => d.added) ? ["remove the added field with `kubectl edit`, for an apply keeps it"] : []),
  ];
  return `${differences.map((d) => d.text).join("; ")}: ${remedies.join(" and ")}`;
}

function isSame(object: FederationObject, { metadata }: IstioObject): boolean {
  return metadata.name === object.metadata.name && metadata.namespace === object.metadata.namespace;
}

function nameOf(kind: string, { metadata }: Pick<FederationObject, "metadata"> | Pick<IstioObject, "metadata">) {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

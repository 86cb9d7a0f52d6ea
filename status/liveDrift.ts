import type { FederationObject } from "../federation/objects/federationObject.ts";
import { managedBy } from "../federation/objects/labels.ts";
import { differencesOf } from "./differences.ts";
import type { LiveDrift } from "./screen.ts";
import type { Cluster, IstioObject } from "../kube/cluster.ts";

/** Whoever opens another host at a gateway makes one of these, so they are looked at where none should be, too. */
const doors = { apiVersion: "networking.istio.io/v1", kind: "Gateway" };

/** What of a mesh's objects is not as its stack made it, and the kinds that could not be looked at. */
export interface Compared {
  drift: LiveDrift[];
  refusals: Error[];
}

/**
 * Compares a mesh's objects in its cluster with what its stack made: every field of every object's
 * spec. The API server adds none of its own there (no kind of Istio's in use has a default).
 */
export async function liveDriftOf(
  mesh: string,
  made: FederationObject[],
  cluster: Pick<Cluster, "istio">,
): Promise<Compared> {
  const kinds = [...new Map([doors, ...made].map(({ apiVersion, kind }) => [kind, apiVersion]))];
  const looks = await Promise.allSettled(
    kinds.map(async ([kind, apiVersion]) => {
      const group = apiVersion.startsWith("security.") ? "security" : "networking";
      const plural = kind.toLowerCase().replace(/(?<![aeiou])y$/, "ie");
      return driftOfKind(
        kind,
        made.filter((o) => o.kind === kind),
        await cluster.istio(group, `${plural}s`),
      );
    }),
  );
  return {
    drift: looks.flatMap((look) => (look.status === "fulfilled" ? look.value : [])).map((what) => ({ mesh, what })),
    refusals: looks.flatMap((look) => (look.status === "rejected" ? [look.reason as Error] : [])),
  };
}

function driftOfKind(kind: string, made: FederationObject[], live: IstioObject[]): string[] {
  const is =
    (object: FederationObject) =>
    ({ metadata: m }: IstioObject) =>
      m.name === object.metadata.name && m.namespace === object.metadata.namespace;
  const known = made.flatMap((object) => {
    const { namespace, name } = object.metadata;
    const found = live.find(is(object));
    if (!found) return [`${kind} ${namespace}/${name} is gone: \`pulumi up --refresh\``];
    const differences = differencesOf(found.spec, object.spec);
    if (differences.length === 0) return [];
    const remedies = [
      differences.some((d) => !d.added) && "`pulumi up --refresh`",
      differences.some((d) => d.added) && "take what was added out with `kubectl edit`, for `pulumi up` leaves it",
    ];
    return [
      `${kind} ${namespace}/${name}: ${differences.map((d) => d.text).join("; ")}: ${remedies.filter(Boolean).join(" and ")}`,
    ];
  });
  const ours = live.filter((o) => o.metadata.labels?.["app.kubernetes.io/managed-by"] === managedBy);
  const strangers = ours.filter((o) => !made.some((object) => is(object)(o)));
  return [
    ...known,
    ...strangers.map(
      ({ metadata: { namespace, name } }) =>
        `${kind} ${namespace}/${name} bears this project's label, and its stack did not make it: \`kubectl delete\` it, or take the label off`,
    ),
  ];
}

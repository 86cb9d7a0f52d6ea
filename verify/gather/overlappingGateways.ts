import { matches, takesHost, withoutNamespace } from "../../federation/checks/liveCluster.ts";
import { printable } from "../../federation/errors/userError.ts";
import { isManaged } from "../../federation/objects/labels.ts";
import type { IstioObject, Pod } from "../../kube/objects.ts";

/** A server of a Gateway object. */
interface Server {
  port?: { number?: number };
  hosts?: string[];
}

/**
 * Gateway objects that give the same pods overlapping hosts on one port: `Gateway istio-system/cross-network-gateway
 * (*.local)`. istiod makes a filter chain for each, and Envoy rejects a listener with two equal ones. Only those of
 * others, where there are any: this project's objects name their hosts.
 */
export function overlappingGateways(objects: IstioObject[], pods: Pod[]): string[] {
  const inUse = objects.filter((o) => pods.some((pod) => selects(o, pod)));
  const overlaps = inUse.flatMap((object) => {
    const others = inUse.filter((other) => other !== object).flatMap(serversOf);
    const hosts = serversOf(object).flatMap((server) =>
      (server.hosts ?? []).filter((host) => others.some((other) => sharesHost(server, host, other))),
    );
    const { namespace, name } = object.metadata;
    const managed = isManaged(object.metadata);
    const text = printable(`Gateway ${namespace}/${name} (${[...new Set(hosts)].slice(0, 5).join(", ")})`);
    return hosts.length > 0 ? [{ text, managed }] : [];
  });
  const foreign = overlaps.filter(({ managed }) => !managed);
  return (foreign.length > 0 ? foreign : overlaps).map(({ text }) => text);
}

function serversOf({ spec }: IstioObject): Server[] {
  return (spec["servers"] ?? []) as Server[];
}

function selects({ spec }: IstioObject, { metadata }: Pod): boolean {
  return matches(spec["selector"] ?? {}, metadata.labels ?? {});
}

function sharesHost({ port }: Server, host: string, other: Server): boolean {
  return port?.number === other.port?.number && (other.hosts ?? []).some((given) => overlap(host, given));
}

/** Whether a name can match both hosts. */
function overlap(a: string, b: string): boolean {
  const [x, y] = [withoutNamespace(a), withoutNamespace(b)];
  return takesHost(x, y) || takesHost(y, x);
}

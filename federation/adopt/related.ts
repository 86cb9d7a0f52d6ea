import { matches, takesHost } from "../checks/liveCluster.ts";
import { listOf, mappingOf } from "../config/values.ts";
import { fullHost, serviceHost } from "../objects/names.ts";
import type { AdoptedObject, LeftObject } from "./classify.ts";
import { textOf, textsOf } from "./endpoints.ts";
import { serversOf } from "./gateways.ts";
import { ofKind, type HandMade, type HandMadeObject } from "./handMade.ts";

/** Hosts that a federation is about. */
interface Hosts {
  imported: readonly string[];
  /** Hosts that Gateways name exactly. */
  exported: readonly string[];
}

/** Begin of the SNI of calls between meshes: `outbound_.<port>_.<subset>_.<host>`. */
const sniStart = "outbound_.";

/** The objects that shape calls to the hosts of a federation, and those that do more than that. */
export function relatedObjects(
  { services }: Pick<HandMade, "services">,
  objects: readonly HandMadeObject[],
  hosts: Hosts,
  clusterDomain: string,
): { adopted: AdoptedObject[]; left: LeftObject[] } {
  const adopted: AdoptedObject[] = [];
  const left: LeftObject[] = [];
  const all = [...hosts.imported, ...hosts.exported];
  const full = (host: unknown, { namespace }: HandMadeObject) => fullHost(textOf(host), namespace, clusterDomain);
  for (const object of ofKind(objects, "DestinationRule")) {
    const host = full(object.spec["host"], object);
    if (all.includes(host)) adopted.push({ object, role: "rule" });
    else if (all.some((one) => takesHost(host, one)))
      left.push({ object, reason: `its host ${host} takes more than the federation` });
  }
  for (const object of ofKind(objects, "VirtualService")) {
    const own = listOf(object.spec["hosts"]).map((host) => full(host, object));
    if (own.some((host) => hosts.imported.some((one) => one === host || host === `*.${one}`)))
      adopted.push({ object, role: "route" });
    else if (destinationsIn(object.spec).some((host) => hosts.imported.includes(full(host, object))))
      left.push({ object, reason: "it is for another host, and sends calls to an imported one" });
  }
  // A gateway on the way out passes on the SNI of imported hosts.
  for (const object of ofKind(objects, "Gateway"))
    if (
      serversOf(object).some((s) => s.mode === "PASSTHROUGH" && s.hosts.some((host) => isOfAny(host, hosts.imported)))
    )
      adopted.push({ object, role: "gateway" });
  for (const object of ofKind(objects, "EnvoyFilter"))
    if (JSON.stringify(object.spec).includes(sniStart)) adopted.push({ object, role: "gateway" });
  const served = services.filter((s) => hosts.exported.includes(serviceHost(s.name, s.namespace, clusterDomain)));
  for (const object of ofKind(objects, "AuthorizationPolicy", "security.istio.io")) {
    const selector = textsOf(mappingOf(object.spec["selector"])["matchLabels"]);
    const isOfExport =
      Object.keys(selector).length > 0 &&
      served.some((s) => s.namespace === object.namespace && matches(selector, s.selector));
    if (isOfExport || JSON.stringify(object.spec).includes(sniStart)) adopted.push({ object, role: "policy" });
  }
  return { adopted, left };
}

/** Whether a Gateway's host is the SNI of one of the hosts. */
function isOfAny(pattern: string, hosts: readonly string[]): boolean {
  return hosts.some((host) => pattern.endsWith(`*.${host}`) || (pattern.includes(sniStart) && pattern.endsWith(host)));
}

/** The hosts of all fields `destination`, at any depth. */
function destinationsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(destinationsIn);
  return Object.entries(mappingOf(value)).flatMap(([key, part]) => {
    const host = key === "destination" ? mappingOf(part)["host"] : undefined;
    return typeof host === "string" ? [host] : destinationsIn(part);
  });
}

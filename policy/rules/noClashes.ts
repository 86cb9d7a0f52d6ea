import { overlaps, parseCidr, parseIPv4, size, type Cidr } from "../../components/plan/cidr.ts";
import { is, specOf, type Resource, type Rule, type Violation } from "../rule.ts";
import { listOf, objectOf } from "../values.ts";

/** Something that must be different, or apart, everywhere. */
interface Claim {
  what: string;
  value: string;
  resource: Resource;
}

/**
 * What no two stacks may share: names by which Istio tells meshes, clusters and networks apart, KinD clusters, and
 * addresses that load balancers hand out. Pod and Service networks may overlap across meshes: nothing routes between them.
 */
export const noClashes: Rule = {
  name: "no-clashes-across-stacks",
  description: "Names of meshes, meshIDs, clusters and networks, and the address ranges of load balancers, differ between stacks. Istio takes endpoints of an equally named network for its own; equal addresses reach only one of two gateways.",
  scope: "federation",
  check: (resources) => [...sameNames(resources.flatMap(names)), ...overlappingPools(resources.flatMap(pools)), ...ownNetwork(resources)],
};

/** Names as a stack's federation contract publishes them. */
function names(resource: Resource): Claim[] {
  const mesh = resource.type === "pulumi:pulumi:Stack" ? objectOf(objectOf(objectOf(resource.props)["federation"])["mesh"]) : {};
  return (["name", "meshId", "cluster", "network"] as const).flatMap((key) => (typeof mesh[key] === "string" ? [{ what: `mesh.${key}`, value: mesh[key], resource }] : []));
}

function sameNames(claims: Claim[]): Violation[] {
  return pairsOf(claims).flatMap(([a, b]) =>
    a.what === b.what && a.value === b.value && a.resource !== b.resource ? [{ resource: b.resource, message: `${a.what} "${a.value}" is used by ${where(a)} and ${where(b)}; it must differ` }] : [],
  );
}

/** Address ranges that MetalLB hands out: CIDRs, or first and last address. https://metallb.io/configuration/ */
function pools(resource: Resource): (Claim & { ranges: Cidr[] })[] {
  if (!is(resource, "metallb.io", "IPAddressPool")) return [];
  return listOf(specOf(resource)["addresses"]).flatMap((value) => {
    const range = rangeOf(String(value));
    return range ? [{ what: "address pool", value: String(value), resource, ranges: range }] : [];
  });
}

function rangeOf(text: string): Cidr[] | undefined {
  try {
    const [first, last] = text.split("-");
    if (last === undefined) return [parseCidr(text)];
    // Split into blocks: the largest that start where the one before ended.
    const blocks: Cidr[] = [];
    for (let base = parseIPv4(first!); base <= parseIPv4(last); ) {
      let prefix = 32;
      while (prefix > 0 && base % 2 ** (33 - prefix) === 0 && base + 2 ** (33 - prefix) - 1 <= parseIPv4(last)) prefix--;
      blocks.push({ base, prefix });
      base += size({ base, prefix });
    }
    return blocks;
  } catch {
    return undefined;
  }
}

function overlappingPools(claims: (Claim & { ranges: Cidr[] })[]): Violation[] {
  return pairsOf(claims).flatMap(([a, b]) =>
    a.ranges.some((x) => b.ranges.some((y) => overlaps(x, y))) ? [{ resource: b.resource, message: `address pool ${a.value} of ${where(a)} overlaps ${b.value} of ${where(b)}; give each its own part` }] : [],
  );
}

/** An import whose endpoints are in the stack's own network: Istio would take the peer's gateway for a local pod. */
function ownNetwork(resources: Resource[]): Violation[] {
  const owns = resources.flatMap(names).filter((c) => c.what === "mesh.network");
  return resources.filter((r) => is(r, "networking.istio.io", "ServiceEntry")).flatMap((resource) =>
    listOf(specOf(resource)["endpoints"])
      .filter((endpoint) => owns.some((own) => own.value === endpoint?.network && own.resource.stack === resource.stack))
      .map((endpoint) => ({ resource, message: `an endpoint of ${resource.name} is in network ${endpoint.network}, which is this mesh's own; the exporter's network must have another name` })),
  );
}

function where({ resource }: Claim): string {
  return resource.stack ? `stack ${resource.stack}` : resource.name;
}

function pairsOf<T>(values: T[]): [T, T][] {
  return values.flatMap((a, i) => values.slice(i + 1).map((b): [T, T] => [a, b]));
}

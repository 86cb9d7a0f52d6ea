import { contains, poolOfSlot, slotProblem } from "./addressPool.ts";
import { overlaps, parseCidr, size } from "./cidr.ts";
import { Problem } from "../errors/problem.ts";

/** What load-balancer addresses a mesh's stack asks for: a slot of the nodes' network, or networks by name (CIDR). */
export type DeclaredPool = { slot: number; slots: number } | { addresses: string[] };

/** A mesh and its pool. */
export interface MeshPool {
  /** Name of the mesh. */
  name: string;
  /** Undefined when MetalLB is not set up by us, so that there is nothing to compare. */
  pool?: DeclaredPool;
}

/** The docker network that the nodes are on. */
export interface NodeNetwork {
  /** IPv4 subnet, CIDR. */
  subnet: string;
  /** IPv4 addresses in use on it. */
  addresses: string[];
}

/**
 * What a stack's unchecked configuration says of its pool; undefined when it has none, or one that its own check refuses.
 * The defaults are those of a mesh's configuration: four slots, and no pool for an existing cluster.
 */
export function declaredPool(raw: Record<string, unknown>): DeclaredPool | undefined {
  const fields = (key: string): Record<string, unknown> =>
    typeof raw[key] === "object" && raw[key] !== null ? (raw[key] as Record<string, unknown>) : {};
  const {
    provider = fields("cluster")["provider"] === "kind" ? "metallb" : "none",
    slots = 4,
    addresses,
  } = fields("loadBalancer");
  if (provider !== "metallb") return undefined;
  if (Array.isArray(addresses)) return { addresses: addresses.filter((a) => typeof a === "string" && isCidr(a)) };
  const slot = fields("mesh")["slot"];
  return typeof slot === "number" && typeof slots === "number" && !slotProblem(slot, slots)
    ? { slot, slots }
    : undefined;
}

/**
 * The pools of other meshes that share an address with a mesh's own, a line each with both meshes and both ranges.
 *
 * Slots are parts of the same network, so two of them compare without knowing it, whatever number of parts each counts
 * in; a slot and networks given by name only when the nodes' subnet is known.
 */
export function poolClashes(own: MeshPool, others: MeshPool[], subnet?: string): string[] {
  const mine = rangesOf(own, subnet);
  return others.flatMap((other) =>
    rangesOf(other, subnet).flatMap((theirs) =>
      mine
        .filter((m) => m.unit === theirs.unit && m.from < theirs.to && theirs.from < m.to)
        .map(
          (m) =>
            `the load-balancer pool of mesh "${own.name}" (${m.text}) overlaps that of mesh "${other.name}" (${theirs.text}); give one of them another mesh.slot, loadBalancer.slots or loadBalancer.addresses`,
        ),
    ),
  );
}

/**
 * The pools of a mesh (CIDR) once the nodes' network is known: those that were named, or its slot.
 * Throws a `Problem` when the network is too small for the slots, a node has an address in a pool, or another mesh's pool
 * shares one with it.
 */
export function poolsOnNetwork(
  own: MeshPool & { pool: DeclaredPool },
  { subnet, addresses }: NodeNetwork,
  others: MeshPool[],
): string[] {
  let pools: string[];
  try {
    pools =
      "addresses" in own.pool ? own.pool.addresses : [poolOfSlot({ subnet, nodeAddresses: addresses, ...own.pool })];
  } catch (error) {
    throw new Problem(`mesh.slot: ${(error as Error).message}`);
  }
  for (const pool of pools) {
    const nodes = addresses.filter((a) => contains(parseCidr(pool), a));
    if (nodes.length > 0)
      throw new Problem(
        `loadBalancer.addresses: ${pool} holds the node addresses ${nodes.join(", ")}; name networks that no node has an address in`,
      );
  }
  const clash = poolClashes(own, others, subnet)[0];
  if (clash) throw new Problem(`${clash} (the nodes' network is ${subnet})`);
  return pools;
}

/** Throws a `Problem` when pods or services would have addresses of the network that the nodes are on. */
export function checkNodeNetwork(subnet: string, cluster: { podSubnet: string; serviceSubnet: string }): void {
  const nodes = parseCidr(subnet);
  for (const key of ["podSubnet", "serviceSubnet"] as const)
    if (overlaps(nodes, parseCidr(cluster[key])))
      throw new Problem(
        `cluster.${key} ${cluster[key]} overlaps the docker network of the nodes, ${subnet}, so nodes could not be told from what runs on them; choose a network apart from it`,
      );
}

/** Addresses from `from` up to but not including `to`, or the like in parts of a network that is not known. */
interface Range {
  unit: "address" | "part";
  from: number;
  to: number;
  text: string;
}

function rangesOf({ pool }: MeshPool, subnet?: string): Range[] {
  if (!pool) return [];
  const ofNetwork = (cidr: string, text: string): Range => {
    const network = parseCidr(cidr);
    return { unit: "address", from: network.base, to: network.base + size(network), text };
  };
  if ("addresses" in pool) return pool.addresses.map((cidr) => ofNetwork(cidr, cidr));
  const { slot, slots } = pool;
  const text = `slot ${slot} of ${slots}`;
  if (!subnet)
    return [
      {
        unit: "part",
        from: slot / slots,
        to: (slot + 1) / slots,
        text: `${text}: from ${percent(slot / slots)} to ${percent((slot + 1) / slots)} of the nodes' network`,
      },
    ];
  try {
    const cidr = poolOfSlot({ subnet, slots, slot });
    return [ofNetwork(cidr, `${text}: ${cidr}`)];
  } catch {
    return []; // too small a network for that mesh's slots, which its own stack is told
  }
}

/** Powers of two up to 256 parts have at most six digits after the point. */
function percent(part: number): string {
  return `${part * 100} %`;
}

function isCidr(text: string): boolean {
  try {
    parseCidr(text);
    return true;
  } catch {
    return false;
  }
}

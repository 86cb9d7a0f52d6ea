import { contains, poolOfSlot, slotProblem } from "./addressPool.ts";
import { overlaps, parseCidr, size } from "./cidr.ts";
import { defaultLoadBalancer, defaultSlots } from "../config/defaults.ts";
import { UserError, type Finding } from "../errors/userError.ts";

/** Load-balancer addresses of a mesh: a slot of the node network, or networks (CIDR). */
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

/** The pool that an unchecked stack file declares; undefined when it has none, or an invalid one. */
export function declaredPool(raw: Record<string, unknown>): DeclaredPool | undefined {
  const fields = (key: string): Record<string, unknown> =>
    typeof raw[key] === "object" && raw[key] !== null ? (raw[key] as Record<string, unknown>) : {};
  const {
    provider = defaultLoadBalancer(fields("cluster")["provider"]).provider,
    slots = defaultSlots,
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
 * Findings about pools of other meshes that overlap a mesh's own.
 *
 * Slots are parts of one network: they compare without knowing the network, whatever their number. A slot and named
 * networks compare only when the node subnet is known.
 */
export function poolClashes(own: MeshPool, others: MeshPool[], subnet?: string): Finding[] {
  const ranges = rangesOf(own, subnet);
  return others.flatMap((other) =>
    rangesOf(other, subnet).flatMap((theirs) =>
      ranges
        .filter((mine) => mine.unit === theirs.unit && mine.from < theirs.to && theirs.from < mine.to)
        .map((mine): Finding => ({
          code: "pool-overlap",
          subject: `pool of mesh "${own.name}"`,
          problem: `${mine.text} overlaps that of mesh "${other.name}": ${theirs.text}`,
          remedy: "Give one of them another mesh.slot, loadBalancer.slots or loadBalancer.addresses",
        })),
    ),
  );
}

/**
 * The pools of a mesh (CIDR) on a known node network: the named networks, or the mesh's slot.
 * @throws UserError when the network is too small for the slots, a pool contains a node's address, or the pool of
 *   another mesh overlaps
 */
export function poolsOnNetwork(
  own: MeshPool & { pool: DeclaredPool },
  { subnet, addresses }: NodeNetwork,
  others: MeshPool[],
): string[] {
  const pools =
    "addresses" in own.pool ? own.pool.addresses : [slotOnNetwork({ subnet, nodeAddresses: addresses, ...own.pool })];
  for (const pool of pools) {
    const nodes = addresses.filter((address) => contains(parseCidr(pool), address));
    if (nodes.length > 0)
      throw new UserError("pool-holds-node", {
        subject: "loadBalancer.addresses",
        problem: `${pool} contains the node addresses ${nodes.join(", ")}`,
        remedy: "Name networks without a node",
      });
  }
  const clash = poolClashes(own, others, subnet)[0];
  if (!clash) return pools;
  const { code, subject, remedy } = clash;
  throw new UserError(code, { subject, problem: `${clash.problem} (node network ${subnet})`, remedy });
}

function slotOnNetwork(slot: Parameters<typeof poolOfSlot>[0]): string {
  try {
    return poolOfSlot(slot);
  } catch (error) {
    const problem = (error as Error).message;
    const text = { subject: "mesh.slot", problem, remedy: "Choose another slot, or set loadBalancer.addresses" };
    throw new UserError("pool-slot-unusable", text, [], { cause: error });
  }
}

/** Throws a UserError when the addresses of pods or Services overlap the node network. */
export function checkNodeNetwork(subnet: string, cluster: { podSubnet: string; serviceSubnet: string }): void {
  const nodes = parseCidr(subnet);
  for (const key of ["podSubnet", "serviceSubnet"] as const)
    if (overlaps(nodes, parseCidr(cluster[key])))
      throw new UserError("node-network-overlap", {
        subject: `cluster.${key}`,
        problem: `${cluster[key]} overlaps the Docker network of the nodes, ${subnet}`,
        remedy: "Choose a network outside of it",
      });
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
    return []; // the network is too small for that mesh's slots; its own stack reports it
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

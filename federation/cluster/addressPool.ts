import { formatCidr, formatIPv4, overlaps, parseCidr, parseIPv4, size, type Cidr } from "./cidr.ts";

/** A pool smaller than this cannot hold a gateway, a few load balancers and room for replacement. */
export const minimumPoolAddresses = 8;

/** Most slots a network may be cut into. */
const maximumSlots = 256;

/** Where a mesh's load-balancer pool is cut from the network that its nodes are on. */
export interface PoolRequest {
  /** The node network's IPv4 subnet, e.g. `172.18.0.0/16`. */
  subnet: string;
  /** Into how many equal parts the subnet is cut: a power of two. The same for all meshes on one network. */
  slots: number;
  /** This mesh's part, from 1; part 0 belongs to the nodes and the network's gateway. */
  slot: number;
  /** Addresses already used by nodes on that network; the pool must hold none of them. */
  nodeAddresses?: string[];
}

/**
 * The network of addresses that belongs to a mesh: slot number `slot` of `slots` equal parts of the subnet.
 *
 * Because the number of parts is fixed, adding a mesh never moves another mesh's addresses. With a /16 and four
 * slots these are the /18s of the usual KinD and MetalLB recipe. Throws when the subnet is too small, when the slot is
 * out of range, and when a node already has an address inside it.
 */
export function poolOfSlot(request: PoolRequest): string {
  const { slots, slot, nodeAddresses = [] } = request;
  const subnet = parseCidr(request.subnet);
  const problem = slotProblem(slot, slots);
  if (problem) throw new Error(problem);
  const pool: Cidr = { base: subnet.base + (size(subnet) / slots) * slot, prefix: subnet.prefix + Math.log2(slots) };
  if (pool.prefix > 32 || size(pool) < minimumPoolAddresses)
    throw new Error(
      `the node network ${request.subnet} is too small for ${slots} slots: ` +
        `each would hold ${Math.floor(size(subnet) / slots)} addresses, ` +
        `at least ${minimumPoolAddresses} are needed; use fewer slots (loadBalancer.slots) or a larger docker network`,
    );
  const inside = nodeAddresses.filter((a) => contains(pool, a));
  if (inside.length > 0)
    throw new Error(
      `slot ${slot} (${formatCidr(pool)}) of the node network ${request.subnet} already holds the node addresses ` +
        `${inside.join(", ")}; choose another slot`,
    );
  return formatCidr(pool);
}

/** What is wrong with a slot number, or undefined. */
export function slotProblem(slot: number, slots: number): string | undefined {
  if (!Number.isInteger(slots) || slots < 2 || slots > maximumSlots || !Number.isInteger(Math.log2(slots)))
    return `slots is ${slots}; allowed are powers of two from 2 to ${maximumSlots}`;
  if (!Number.isInteger(slot) || slot < 1 || slot >= slots)
    return `slot is ${slot}; allowed are 1 to ${slots - 1} (slot 0 belongs to the nodes)`;
  return undefined;
}

/**
 * A pool as the range notation that MetalLB takes besides CIDR. Leaves out network and broadcast address, which a /31
 * and a /32 do not have.
 */
export function poolRange(pool: string): string {
  const cidr = parseCidr(pool);
  if (cidr.prefix > 30) return `${formatIPv4(cidr.base)}-${formatIPv4(cidr.base + size(cidr) - 1)}`;
  return `${formatIPv4(cidr.base + 1)}-${formatIPv4(cidr.base + size(cidr) - 2)}`;
}

/** Pairs of named networks that overlap; the name of each is used in the message. */
export function overlapping(networks: { name: string; cidr: string }[]): [string, string][] {
  const pairs: [string, string][] = [];
  networks.forEach((a, i) => {
    for (const b of networks.slice(i + 1))
      if (overlaps(parseCidr(a.cidr), parseCidr(b.cidr))) pairs.push([`${a.name} ${a.cidr}`, `${b.name} ${b.cidr}`]);
  });
  return pairs;
}

/** Whether an address, in its dotted form, is of a network. */
export function contains(cidr: Cidr, address: string): boolean {
  return overlaps(cidr, { base: parseIPv4(address), prefix: 32 });
}

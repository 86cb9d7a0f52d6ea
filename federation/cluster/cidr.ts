/** IPv4 networks as plain numbers: what KinD, Kubernetes and MetalLB pools need, and no more. */
export interface Cidr {
  /** First address of the network, as an unsigned 32-bit number. */
  base: number;
  /** Prefix length, 0 to 32. */
  prefix: number;
}

/** "10.1.2.3" as an unsigned number. Throws on anything but four decimal octets without leading zeros. */
export function parseIPv4(text: string): number {
  const octets = text.split(".");
  const ok = octets.length === 4 && octets.every((o) => /^(0|[1-9][0-9]{0,2})$/.test(o) && Number(o) <= 255);
  if (!ok) throw new Error(`"${text}" is not an IPv4 address (four numbers from 0 to 255, like 10.10.0.1)`);
  return octets.reduce((sum, o) => sum * 256 + Number(o), 0);
}

/** The dotted form of an unsigned 32-bit number. */
export function formatIPv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** "10.10.0.0/16" as a network. Throws when malformed, or when host bits are set (names the network that was meant). */
export function parseCidr(text: string): Cidr {
  const [address, length, ...rest] = text.split("/");
  if (
    address === undefined ||
    length === undefined ||
    rest.length > 0 ||
    !/^[0-9]{1,2}$/.test(length) ||
    Number(length) > 32
  )
    throw new Error(`"${text}" is not a network in CIDR form (address/prefix, like 10.10.0.0/16)`);
  const base = parseIPv4(address);
  const prefix = Number(length);
  const network = base - (base % size({ base, prefix }));
  if (network !== base)
    throw new Error(`"${text}" has host bits set; the network is ${formatCidr({ base: network, prefix })}`);
  return { base, prefix };
}

/** The text form of a network. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIPv4(cidr.base)}/${cidr.prefix}`;
}

/** Number of addresses in a network. */
export function size(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/** Whether two networks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.base < b.base + size(b) && b.base < a.base + size(a);
}

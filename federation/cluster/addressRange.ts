import { BlockList, isIP, isIPv6 } from "node:net";

/** Ranges of addresses that no other mesh can have, by what they are. https://www.rfc-editor.org/rfc/rfc6890 */
const loopback = ["127.0.0.0/8", "::1/128"] as const;
const special: readonly [what: string, ...ranges: string[]][] = [
  ["a loopback address", ...loopback],
  ["a link-local address", "169.254.0.0/16", "fe80::/10"],
  ["an unspecified address", "0.0.0.0/8", "::/128"],
  ["a multicast or broadcast address", "224.0.0.0/4", "255.255.255.255/32", "ff00::/8"],
];

/** Host names that lead to the caller's own machine, cluster or cloud, by what they are. */
const ownNames: readonly [what: string, RegExp][] = [
  ["a name of the caller's own machine", /^(.+\.)?localhost$/],
  ["a name of the caller's own cluster", /^(.+\.)?(cluster\.local|svc)$/],
  ["a name of the caller's own cloud", /^metadata(\.google)?\.internal$/],
];

/** The canonical form of an IP address: lower case, the shortest; undefined for anything else. */
export function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 0 || text.includes("%")) return undefined;
  return isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}

/** Whether an IP address is in a range, `address/prefix` of its family. An IPv4-mapped address is an IPv4 address. */
export function isInRange(address: string, range: string): boolean {
  const [network = "", prefix] = range.split("/");
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), isIPv6(network) ? "ipv6" : "ipv4");
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

/** Whether the host of a URL is this machine. URL writes an address in one form, an IPv6 address in brackets. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || (isIP(host) !== 0 && loopback.some((range) => isInRange(host, range)));
}

/** Whether a text is a range for {@link isInRange}. */
export function isRange(text: string): boolean {
  const [network = "", prefix = "", ...rest] = text.split("/");
  const family = isIP(network);
  return rest.length === 0 && family !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
}

/** Why an address cannot be a gateway of another mesh; undefined when it can. */
export function unusableGatewayAddress(address: string, ownNetworks: readonly string[]): string | undefined {
  if (isIP(address) === 0) return ownNames.find(([, name]) => name.test(address))?.[0];
  const found = special.find(([, ...ranges]) => ranges.some((range) => isInRange(address, range)));
  if (found) return found[0];
  const own = ownNetworks.find((network) => isInRange(address, network));
  return own && `an address of this mesh's own network ${own}`;
}

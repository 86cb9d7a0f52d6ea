import { BlockList, isIP } from "node:net";

/** Addresses that belong together, IPv4 or IPv6. */
export interface Addresses {
  /** As written. */
  text: string;
  family: "ipv4" | "ipv6";
  all: BlockList;
  /** First and last of a range; of a network any address in it. */
  ends: string[];
}

/**
 * An address, a network (`fd00:10::/48`, host bits set or not), or a range (`192.0.2.10-192.0.2.20`); undefined for
 * anything else.
 */
export function addressesOf(text: string): Addresses | undefined {
  const [first = "", last = first, ...more] = text.split("-").map((part) => part.trim());
  const [base = "", prefix, ...rest] = first.split("/");
  const family = isIP(base) === 4 ? "ipv4" : isIP(base) === 6 ? "ipv6" : undefined;
  if (!family || more.length + rest.length > 0) return undefined;
  const all = new BlockList();
  if (prefix !== undefined) {
    if (last !== first || !/^[0-9]{1,3}$/.test(prefix) || Number(prefix) > (family === "ipv4" ? 32 : 128))
      return undefined;
    all.addSubnet(base, Number(prefix), family);
    return { text, family, all, ends: [base] };
  }
  if (isIP(last) !== isIP(base)) return undefined;
  try {
    all.addRange(base, last, family);
  } catch {
    // The last address is before the first.
    return undefined;
  }
  return { text, family, all, ends: [base, last] };
}

/** Whether two have an address in common: then an end of one is in the other. */
export function meet(a: Addresses, b: Addresses): boolean {
  return (
    a.family === b.family &&
    (a.ends.some((end) => b.all.check(end, b.family)) || b.ends.some((end) => a.all.check(end, a.family)))
  );
}

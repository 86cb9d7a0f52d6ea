import fc from "fast-check";
import { minimumPoolAddresses, overlapping, poolOfSlot, poolRange } from "../../../federation/cluster/addressPool.ts";
import { formatCidr, formatIPv4, overlaps, parseCidr, size } from "../../../federation/cluster/cidr.ts";

const subnets = fc
  .record({ prefix: fc.integer({ min: 8, max: 24 }), bits: fc.integer({ min: 0, max: 2 ** 32 - 1 }) })
  .map(({ prefix, bits }) => ({ prefix, base: bits - (bits % 2 ** (32 - prefix)) }));

describe("the address pool", () => {
  test.each([
    { slot: 1, pool: "172.18.64.0/18" },
    { slot: 2, pool: "172.18.128.0/18" },
    { slot: 3, pool: "172.18.192.0/18" },
  ])("of slot $slot of four in 172.18.0.0/16 is $pool", ({ slot, pool }) => {
    expect(poolOfSlot({ subnet: "172.18.0.0/16", slots: 4, slot, nodeAddresses: ["172.18.0.2", "172.18.0.3"] })).toBe(
      pool,
    );
  });

  test("of a slot is inside the network, apart from other slots and the first addresses", () => {
    fc.assert(
      fc.property(subnets, fc.integer({ min: 1, max: 3 }), (subnet, power) => {
        const slots = 2 ** power;
        const text = formatCidr(subnet);
        const pools = Array.from({ length: slots - 1 }, (_, i) =>
          parseCidr(poolOfSlot({ subnet: text, slots, slot: i + 1 })),
        );
        pools.forEach((pool, i) => {
          expect(overlaps(pool, subnet)).toBe(true);
          expect(pool.base).toBeGreaterThan(subnet.base);
          expect(pool.base + size(pool)).toBeLessThanOrEqual(subnet.base + size(subnet));
          for (const other of pools.slice(i + 1)) expect(overlaps(pool, other)).toBe(false);
        });
      }),
    );
  });

  test.each([
    { name: "slot 0", request: { subnet: "172.18.0.0/16", slots: 4, slot: 0 }, says: /slot is 0; allowed are 1 to 3/ },
    {
      name: "slot past the end",
      request: { subnet: "172.18.0.0/16", slots: 4, slot: 4 },
      says: /slot is 4; allowed are 1 to 3/,
    },
    {
      name: "slots that are no power of two",
      request: { subnet: "172.18.0.0/16", slots: 3, slot: 1 },
      says: /slots is 3; allowed are powers of two/,
    },
    {
      name: "too small a subnet",
      request: { subnet: "172.18.0.0/28", slots: 4, slot: 1 },
      says: /too small for 4 slots: each would hold 4 addresses/,
    },
    {
      name: "a node inside the slot",
      request: { subnet: "172.18.0.0/16", slots: 4, slot: 1, nodeAddresses: ["172.18.64.9"] },
      says: /already holds the node addresses 172\.18\.64\.9/,
    },
  ])("rejects $name", ({ request, says }) => {
    expect(() => poolOfSlot(request)).toThrow(says);
  });

  test("has usable addresses at its smallest size", () => {
    const pool = poolOfSlot({ subnet: "10.0.0.0/28", slots: 2, slot: 1 });
    expect(size(parseCidr(pool))).toBe(minimumPoolAddresses);
    expect(poolRange(pool)).toBe("10.0.0.9-10.0.0.14");
  });

  test.each([
    { pool: "203.0.113.8/30", range: "203.0.113.9-203.0.113.10" },
    { pool: "203.0.113.8/31", range: "203.0.113.8-203.0.113.9" },
    { pool: "203.0.113.8/32", range: "203.0.113.8-203.0.113.8" },
  ])("$pool is the range $range", ({ pool, range }) => {
    expect(poolRange(pool)).toBe(range);
  });
});

describe("overlapping networks", () => {
  test("are named in pairs", () => {
    expect(
      overlapping([
        { name: "pods", cidr: "10.10.0.0/16" },
        { name: "services", cidr: "10.10.4.0/24" },
        { name: "pool", cidr: "172.18.0.0/18" },
      ]),
    ).toEqual([["pods 10.10.0.0/16", "services 10.10.4.0/24"]]);
  });
});

describe("a CIDR", () => {
  test.each([
    "10.10.0.0",
    "10.10.0.0/33",
    "10.10.0/16",
    "10.10.0.256/32",
    "10.010.0.0/16",
    "a/16",
    "10.10.0.0/16/2",
    "",
  ])("is not %j", (text) => {
    expect(() => parseCidr(text)).toThrow(JSON.stringify(text).slice(1, -1).split("/")[0]);
  });

  test("with host bits is rejected with the network it is in", () => {
    expect(() => parseCidr("10.10.3.4/16")).toThrow(/the network is 10\.10\.0\.0\/16/);
  });

  test("address survives formatting and parsing", () => {
    fc.assert(fc.property(subnets, (subnet) => expect(parseCidr(formatCidr(subnet))).toEqual(subnet)));
    expect(formatIPv4(2 ** 32 - 1)).toBe("255.255.255.255");
  });
});

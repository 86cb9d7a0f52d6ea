import fc from "fast-check";
import { parseNetwork } from "../../../components/kind/nodeNetwork.ts";
import { poolOfSlot } from "../../../federation/cluster/addressPool.ts";
import { findingText } from "../../../federation/errors/userError.ts";
import { overlaps, parseCidr } from "../../../federation/cluster/cidr.ts";
import { declaredPool, poolClashes, poolsOnNetwork, type DeclaredPool } from "../../../federation/cluster/meshPools.ts";

const east = (pool?: DeclaredPool) => ({ name: "east", pool });
const west = (pool?: DeclaredPool) => ({ name: "west", pool });
const network = { subnet: "172.18.0.0/16", addresses: ["172.18.0.2"] };
const slots = fc
  .integer({ min: 1, max: 5 })
  .chain((power) => fc.record({ slots: fc.constant(2 ** power), slot: fc.integer({ min: 1, max: 2 ** power - 1 }) }));

describe("the pools of two meshes", () => {
  test("clash by slot exactly when their addresses overlap", () => {
    fc.assert(
      fc.property(slots, slots, (a, b) => {
        const [first, second] = [a, b].map((s) => parseCidr(poolOfSlot({ subnet: network.subnet, ...s })));
        const clash = overlaps(first!, second!);
        expect(poolClashes(east(a), [west(b)]).length > 0).toBe(clash);
        expect(poolClashes(east(a), [west(b)], network.subnet).length > 0).toBe(clash);
      }),
    );
  });

  test.each<{
    name: string;
    own: DeclaredPool | undefined;
    other: DeclaredPool | undefined;
    subnet?: string;
    says: RegExp | undefined;
  }>([
    {
      name: "networks that overlap",
      own: { addresses: ["192.0.2.0/25"] },
      other: { addresses: ["198.51.100.0/24", "192.0.2.64/26"] },
      says: /mesh "east": 192\.0\.2\.0\/25 overlaps that of mesh "west": 192\.0\.2\.64\/26/,
    },
    {
      name: "networks apart",
      own: { addresses: ["192.0.2.0/26"] },
      other: { addresses: ["192.0.2.64/26"] },
      says: undefined,
    },
    {
      name: "a network in a slot",
      own: { addresses: ["172.18.130.0/24"] },
      other: { slot: 2, slots: 4 },
      subnet: network.subnet,
      says: /mesh "east": 172\.18\.130\.0\/24 overlaps that of mesh "west": slot 2 of 4: 172\.18\.128\.0\/18/,
    },
    {
      name: "a network in a slot of an unknown network",
      own: { addresses: ["172.18.130.0/24"] },
      other: { slot: 2, slots: 4 },
      says: undefined,
    },
    { name: "no pool of one's own", own: undefined, other: { slot: 2, slots: 4 }, says: undefined },
    { name: "no pool of the other's", own: { slot: 2, slots: 4 }, other: undefined, says: undefined },
  ])("with $name", ({ own, other, subnet, says }) => {
    const clashes = poolClashes(east(own), [west(other)], subnet);
    if (says) expect(clashes.map(findingText)).toEqual([expect.stringMatching(says)]);
    else expect(clashes).toEqual([]);
  });
});

describe("the pool of a mesh", () => {
  test("is a free slot or the named networks", () => {
    expect(
      poolsOnNetwork({ name: "east", pool: { slot: 1, slots: 4 } }, network, [west({ slot: 2, slots: 4 })]),
    ).toEqual(["172.18.64.0/18"]);
    expect(
      poolsOnNetwork({ name: "east", pool: { addresses: ["172.18.64.0/24"] } }, network, [west({ slot: 2, slots: 4 })]),
    ).toEqual(["172.18.64.0/24"]);
  });

  test.each<{ name: string; pool: DeclaredPool; on: typeof network; says: RegExp }>([
    {
      name: "too small a network",
      pool: { slot: 1, slots: 4 },
      on: { subnet: "172.18.0.0/29", addresses: [] },
      says: /mesh\.slot: the node network 172\.18\.0\.0\/29 is too small/,
    },
    {
      name: "a node in the slot",
      pool: { slot: 1, slots: 4 },
      on: { ...network, addresses: ["172.18.64.1"] },
      says: /mesh\.slot: .*already holds the node addresses 172\.18\.64\.1/,
    },
    {
      name: "a node in a named network",
      pool: { addresses: ["172.18.0.0/24"] },
      on: network,
      says: /loadBalancer\.addresses: 172\.18\.0\.0\/24 contains the node addresses 172\.18\.0\.2/,
    },
    {
      name: "another mesh's slot",
      pool: { addresses: ["172.18.128.0/24"] },
      on: network,
      says: /overlaps that of mesh "west".*\(node network 172\.18\.0\.0\/16\).*\[pool-overlap\]/,
    },
  ])("rejects $name", ({ pool, on, says }) => {
    expect(() => poolsOnNetwork({ name: "east", pool }, on, [west({ slot: 2, slots: 4 })])).toThrow(says);
  });

  test.each<{ raw: Record<string, unknown>; pool: DeclaredPool | undefined }>([
    { raw: { cluster: { provider: "kind" }, mesh: { slot: 3 } }, pool: { slot: 3, slots: 4 } },
    {
      raw: { cluster: { provider: "kind" }, mesh: { slot: 3 }, loadBalancer: { provider: "metallb", slots: 8 } },
      pool: { slot: 3, slots: 8 },
    },
    { raw: { cluster: { provider: "kind" }, mesh: { slot: 3 }, loadBalancer: { provider: "none" } }, pool: undefined },
    { raw: { cluster: { provider: "existing" }, mesh: { slot: 3 } }, pool: undefined },
    {
      raw: {
        cluster: { provider: "existing" },
        loadBalancer: { provider: "metallb", addresses: ["192.0.2.0/24", "?", 7] },
      },
      pool: { addresses: ["192.0.2.0/24"] },
    },
    { raw: { cluster: { provider: "kind" }, mesh: { slot: 4 } }, pool: undefined },
    { raw: { cluster: "kind", mesh: null, loadBalancer: 4 }, pool: undefined },
  ])("follows another stack's file: $raw", ({ raw, pool }) => {
    expect(declaredPool(raw)).toEqual(pool);
  });
});

describe("the pod and service networks", () => {
  test("are apart from the Docker network of the nodes", () => {
    const cluster = { podSubnet: "10.10.0.0/16", serviceSubnet: "10.255.10.0/24" };
    const on = (subnet: string) => () =>
      parseNetwork(`subnet fc00:f853::/64\nsubnet ${subnet}\naddress ${subnet.replace(/0\/.*/, "2/16")}\n`, cluster);
    expect(on("172.18.0.0/16")()).toEqual(network);
    expect(on("10.10.128.0/20")).toThrow(
      /cluster\.podSubnet: 10\.10\.0\.0\/16 overlaps .* 10\.10\.128\.0\/20.*\[node-network-overlap\]/,
    );
    expect(on("10.255.0.0/16")).toThrow(/cluster\.serviceSubnet: 10\.255\.10\.0\/24 overlaps/);
  });
});

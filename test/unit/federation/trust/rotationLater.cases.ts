import { cluster, contract, gateEvidence, proxy } from "./rotationFixtures.ts";
import { added, east, shake, switched, west, type GateCase } from "./rotationCases.ts";

/** After the other phases. */
export const laterCases: GateCase[] = [
  {
    what: "every leaf is new",
    phase: "switch",
    evidence: (p) => gateEvidence([switched(p)]),
    contracts: (p) => [west.switch(p), east(p, [p.old.root, p.fresh.root])],
    notes: [/not observed/],
  },
  {
    what: "one leaf is old",
    phase: "switch",
    evidence: (p) => {
      const found = switched(p);
      const late = proxy("late", [p.old.root, p.fresh.root], p.old.chain);
      return gateEvidence([{ ...found, proxies: [...found.proxies, late] }]);
    },
    contracts: (p) => [{ ...west.switch(p), partners: new Set() }],
    closed: [["rotation-leaf-old", "west", /1 of 3 .*apps\/late/]],
  },
  {
    what: "another mesh still issues under the shared root",
    phase: "switch",
    evidence: (p) => gateEvidence([switched(p)], [shake(p.old.chain, [p.old.root, p.fresh.root])]),
    contracts: (p) => [
      { ...west.switch(p), partners: new Set() },
      contract("east", [
        ["active", p.old.root],
        ["next", p.fresh.root],
      ]),
    ],
    closed: [
      ["rotation-peer-old-root", "east", /west 1.*still issues/],
      ["rotation-leaf-old", "east", /1 of 1 handshakes/],
    ],
  },
  {
    what: "a leaf of another mesh of the shared root is old",
    phase: "switch",
    evidence: (p) => gateEvidence([switched(p), { ...added(p), mesh: "east" }]),
    contracts: (p) => [
      { ...west.switch(p), partners: new Set() },
      contract("east", [
        ["retiring", p.old.root],
        ["active", p.fresh.root],
      ]),
    ],
    closed: [["rotation-leaf-old", "east", /2 of 2/]],
  },
  {
    what: "the contract does not show the switch",
    phase: "switch",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p)],
    closed: [["rotation-not-deployed", "west", /does not show the switch/]],
  },
  {
    what: "no proxy has the old root",
    phase: "remove",
    evidence: (p) =>
      gateEvidence([cluster("west", [p.fresh.root], [proxy("a", [p.fresh.root, p.east.anchor], p.fresh.chain)])]),
    contracts: (p) => [west.remove(p)],
  },
  {
    what: "one proxy has the old root",
    phase: "remove",
    evidence: (p) =>
      gateEvidence([cluster("west", [p.fresh.root], [proxy("a", [p.fresh.root, p.old.root], p.fresh.chain)])]),
    contracts: (p) => [west.remove(p)],
    closed: [["rotation-root-remains", "west", /1 of 1 .*west 1.*apps\/a/]],
  },
  {
    what: "the mesh config adds a root of its owner",
    phase: "remove",
    evidence: (p) =>
      gateEvidence([
        {
          ...cluster("west", [p.fresh.root], [proxy("a", [p.fresh.root, p.east.root], p.fresh.chain)]),
          configured: [p.east.root],
        },
      ]),
    contracts: (p) => [west.remove(p)],
  },
  {
    what: "the contract still has the old root",
    phase: "remove",
    evidence: (p) => gateEvidence([switched(p)]),
    contracts: (p) => [west.switch(p)],
    closed: [["rotation-not-deployed", "west", /phase switch/]],
  },
  {
    what: "the mesh is at rest",
    phase: "none",
    evidence: (p) => gateEvidence([cluster("west", [p.old.root], [proxy("a", [p.old.root], p.old.chain)])]),
    contracts: (p) => [west.rest(p)],
  },
  {
    what: "its root was replaced without phases",
    phase: "none",
    evidence: (p) => gateEvidence([cluster("west", [p.old.root], [proxy("a", [p.old.root], p.old.chain)])]),
    contracts: (p) => [west.remove(p)],
    closed: [
      ["rotation-bundle-not-taken", "west", /west 2/],
      ["rotation-root-missing", "west", /west 2/],
      ["rotation-leaf-old", "west", /west 2/],
      ["rotation-root-remains", "west", /west 1/],
    ],
  },
  {
    what: "its contract names no root",
    phase: "none",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: () => [contract("west", [])],
    closed: [["rotation-not-deployed", "west", /names no root/]],
  },
  {
    what: "its cluster cannot be read",
    phase: "none",
    evidence: () => ({ ...gateEvidence([]), clusters: new Map([["west", { failure: "ECONNREFUSED" }]]) }),
    contracts: (p) => [west.rest(p)],
    closed: [["rotation-mesh-unread", "west", /ECONNREFUSED/]],
  },
];

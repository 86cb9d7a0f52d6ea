import { cluster, contract, gateEvidence, proxy, type Pki } from "./rotationFixtures.ts";
import { added, east, shake, west, type GateCase } from "./rotationCases.ts";

const eastCluster = ({ east: { root, chain } }: Pki, anchors: Pki["old"]["root"][]) =>
  cluster("east", [root], [proxy("e", [root, ...anchors], chain)]);

/** After `add`. */
export const addCases: GateCase[] = [
  {
    what: "every proxy and the peer have the next root",
    phase: "add",
    evidence: (p) => gateEvidence([added(p), eastCluster(p, [p.old.anchor, p.fresh.anchor])]),
    contracts: (p) => [west.add(p), east(p, [p.old.root, p.fresh.root])],
  },
  {
    what: "the peer's contract lists it, and its cluster is not read",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p), east(p, [p.old.root, p.fresh.root])],
    notes: [/"east" were not observed/],
  },
  {
    what: "the peer's handshake names it",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)], [shake(p.east.chain, [p.east.root, p.old.root, p.fresh.root])]),
    contracts: (p) => [west.add(p), east(p, [p.old.root, p.fresh.root])],
  },
  {
    what: "the peer trusts no root of the mesh",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p), contract("east", [["active", p.east.root]], { partners: new Set(["west"]) })],
    notes: [/"east" accepts no root/],
  },
  {
    what: "the peer does not list it, and is in quarantine",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [{ ...west.add(p), partners: new Set(), quarantined: new Set(["east"]) }, east(p, [p.old.root])],
  },
  {
    what: "a mesh that has nothing to do with it lists nothing",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p), east(p, [p.old.root, p.fresh.root]), contract("south", [])],
    notes: [/east/],
  },
  {
    what: "one proxy lacks it",
    phase: "add",
    evidence: (p) => {
      const found = added(p);
      return gateEvidence([{ ...found, proxies: [found.proxies[0]!, proxy("late", [p.old.root], p.old.chain)] }]);
    },
    contracts: (p) => [{ ...west.add(p), partners: new Set() }],
    closed: [["rotation-root-missing", "west", /1 of 2 proxies lack root .*west 2.*: apps\/late/]],
  },
  {
    what: "a proxy has a certificate over its key that is another",
    phase: "add",
    evidence: (p) => {
      const proxies = [proxy("a", [p.old.root, p.fresh.anchor], p.old.chain)];
      return gateEvidence([{ ...added(p), proxies }]);
    },
    contracts: (p) => [{ ...west.add(p), partners: new Set() }],
    closed: [["rotation-root-missing", "west", /apps\/a/]],
  },
  {
    what: "a proxy cannot be asked",
    phase: "add",
    evidence: (p) => {
      const found = added(p);
      const silent = { pod: "apps/silent", takesBundle: true, failure: "no answer" };
      return gateEvidence([{ ...found, proxies: [...found.proxies, silent] }]);
    },
    contracts: (p) => [{ ...west.add(p), partners: new Set() }],
    closed: [["rotation-proxy-unread", "west", /1 of 3 .*no answer.*apps\/silent/]],
  },
  {
    what: "no proxy runs",
    phase: "add",
    evidence: (p) => gateEvidence([{ ...added(p), proxies: [] }]),
    contracts: (p) => [{ ...west.add(p), partners: new Set() }],
    closed: [["rotation-proxy-unread", "west", /no pod/]],
  },
  {
    what: "istiod has not taken it",
    phase: "add",
    evidence: (p) => gateEvidence([{ ...added(p), istiodRoots: [p.old.root], multiRoot: false }]),
    contracts: (p) => [{ ...west.add(p), partners: new Set() }],
    closed: [["rotation-bundle-not-taken", "west", /istio-ca-root-cert lacks/]],
  },
  {
    what: "the peer's contract lacks it",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p), east(p, [p.old.root])],
    closed: [["rotation-peer-lacks-root", "east", /does not list root .*west 2/]],
    notes: [/not observed/],
  },
  {
    what: "the peer's contract says nothing about trust",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p), contract("east", [])],
    closed: [["rotation-peer-lacks-root", "east", /does not say/]],
    notes: [/not observed/],
  },
  {
    what: "the peer's contract says only by which roots it trusts another mesh",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p), contract("east", [], { trusts: { south: ["00"] } })],
    closed: [["rotation-peer-lacks-root", "east", /does not say/]],
    notes: [/not observed/],
  },
  {
    what: "the peer's proxies lack its anchor",
    phase: "add",
    evidence: (p) => gateEvidence([added(p), eastCluster(p, [p.old.anchor])]),
    contracts: (p) => [west.add(p), east(p, [p.old.root, p.fresh.root])],
    closed: [["rotation-root-missing", "east", /of mesh "west": apps\/e/]],
  },
  {
    what: "the peer's handshake does not name it",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)], [shake(p.east.chain, [p.east.root, p.old.root])]),
    contracts: (p) => [west.add(p), east(p, [p.old.root, p.fresh.root])],
    closed: [["rotation-peer-lacks-root", "east", /1 of 1 handshakes/]],
  },
  {
    what: "the peer's contract cannot be read",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.add(p)],
    closed: [["rotation-mesh-unread", "east", /cannot be read/]],
  },
  {
    what: "a mesh of the shared root lacks it",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [{ ...west.add(p), partners: new Set() }, contract("south", [["active", p.old.root]])],
    closed: [["rotation-peer-lacks-root", "south", /does not list/]],
    notes: [/not observed/],
  },
  {
    what: "the contract has no next root",
    phase: "add",
    evidence: (p) => gateEvidence([added(p)]),
    contracts: (p) => [west.rest(p), east(p, [p.old.root])],
    closed: [["rotation-not-deployed", "west", /no next root/]],
  },
];

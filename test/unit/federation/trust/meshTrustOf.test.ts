import { readMeshConfig } from "../../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../../federation/config/versions.ts";
import type { ContractRoot, FederationContract } from "../../../../federation/contract/contract.ts";
import { UserError } from "../../../../federation/errors/userError.ts";
import { bundleOf, type TrustBundle } from "../../../../federation/trust/bundle.ts";
import { meshTrustOf, type InstalledTrust } from "../../../../federation/trust/meshTrustOf.ts";
import { contract, identity, peersOf, rootOf } from "../fixtures.ts";

const sha = (digits: string): string => rootOf(digits).sha256;

/** Roots by two digits with their use, such as `aa` (active), `bb:next` and `cc:retiring`. */
function roots(text: string): ContractRoot[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((root) => rootOf(root.slice(0, 2), (root.split(":")[1] ?? "active") as ContractRoot["use"]));
}
const bundle = (text: string): TrustBundle => bundleOf(roots(text))!;

function published(name: string, own: string, trusts: Record<string, string> = {}, istioMinor = "1.30") {
  const trusted = Object.entries(trusts).map(([peer, digits]) => [peer, digits.split(" ").map(sha)]);
  const mesh = identity(name, { trustDomain: `${name}.local`, roots: roots(own), istioMinor });
  return { ...contract(name), mesh: { ...mesh, trusts: Object.fromEntries(trusted) } };
}

/** East's trust, which imports from west and exports to it. */
function plan(own: InstalledTrust, west: FederationContract, more: Record<string, unknown> = {}) {
  const raw = {
    mesh: { name: "east", trustDomain: "east.local" },
    cluster: { provider: "existing", kubeconfigPath: "x" },
    ca: { provider: "own" },
    imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
    peers: { west: { stack: "organization/p/west", roots: west.mesh.roots.map(({ sha256 }) => sha256) } },
    ...more,
  };
  return meshTrustOf(readMeshConfig(raw, "east", releaseSources), own, [], peersOf(west));
}

function refused(...args: Parameters<typeof plan>): string[] {
  try {
    plan(...args);
    return [];
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "trust-mismatch") throw error;
    return error.details.map(({ code, subject }) => `${code} ${subject}`);
  }
}

describe("an import", () => {
  const ours = bundle("aa");
  test.each<{
    why: string;
    own: InstalledTrust;
    west: FederationContract;
    more?: Record<string, unknown>;
    reason: RegExp | undefined;
  }>([
    { why: "goes with a common root", own: { bundle: ours }, west: published("west", "aa"), reason: undefined },
    {
      why: "goes when both trust each other",
      own: { bundle: ours },
      west: published("west", "bb", { east: "aa" }),
      reason: undefined,
    },
    {
      why: "waits for the peer to trust this mesh's root",
      own: { bundle: ours },
      west: published("west", "bb"),
      reason: /mesh "west" does not trust this mesh's root aa.* yet: its owner pins it/,
    },
    {
      why: "waits for the peer to trust the active root, not another one",
      own: { bundle: bundle("aa:retiring cc") },
      west: published("west", "bb", { east: "aa" }),
      reason: /does not trust this mesh's root cc/,
    },
    {
      why: "waits for a pin",
      own: { bundle: ours },
      west: published("west", "bb", { east: "aa" }),
      more: { peers: { west: { stack: "organization/p/west" } } },
      reason: /its root bb.* is not pinned/,
    },
    {
      why: "waits for this mesh's first root",
      own: { makesRoot: true },
      west: published("west", "bb", { east: "aa" }),
      reason: /this mesh has no root yet/,
    },
    {
      why: "waits for this mesh's certificate",
      own: { withoutCa: "no certificate yet" },
      west: published("west", "bb", { east: "aa" }),
      reason: /^no certificate yet$/,
    },
    {
      why: "waits while the peer is in quarantine, with a common root too",
      own: { bundle: ours },
      west: published("west", "aa"),
      more: { quarantine: ["west"] },
      reason: /mesh "west" is in quarantine/,
    },
    {
      why: "goes where the peer says nothing of its roots",
      own: { bundle: ours },
      west: published("west", ""),
      reason: undefined,
    },
    { why: "goes where nothing is known of the own roots", own: {}, west: published("west", "bb"), reason: undefined },
  ])("$why", ({ own, west, more = {}, reason }) => {
    const withoutRoots = west.mesh.roots.length === 0 ? { peers: { west: { stack: "organization/p/west" } } } : {};
    const { waiting } = plan(own, west, { ...withoutRoots, ...more });
    if (reason) expect(waiting.get("west")?.reason).toMatch(reason);
    else expect([...waiting]).toEqual([]);
  });
});

describe("a change of root", () => {
  const notReady = ['rotation-peer-not-ready mesh "west"'];
  /** From what east has published to what it would have. */
  const change = (
    before: string,
    now: string,
    west: FederationContract,
    more: Record<string, unknown> = {},
  ): string[] => refused({ bundle: bundle(now), contract: published("east", before) }, west, more);

  test.each<{ why: string; before: string; now: string; west: FederationContract; expected: string[] }>([
    { why: "add", before: "aa", now: "aa bb:next", west: published("west", "aa"), expected: [] },
    {
      why: "switch before a peer of the root has the next",
      before: "aa bb:next",
      now: "aa:retiring bb",
      west: published("west", "aa"),
      expected: notReady,
    },
    {
      why: "switch when it has",
      before: "aa bb:next",
      now: "aa:retiring bb",
      west: published("west", "aa bb:next"),
      expected: [],
    },
    {
      why: "switch before a peer's anchor of it",
      before: "aa bb:next",
      now: "aa:retiring bb",
      west: published("west", "ff", { east: "aa" }),
      expected: notReady,
    },
    {
      why: "switch with the anchor",
      before: "aa bb:next",
      now: "aa:retiring bb",
      west: published("west", "ff", { east: "aa bb" }),
      expected: [],
    },
    {
      why: "switch with a peer that trusts nobody here",
      before: "aa bb:next",
      now: "aa:retiring bb",
      west: published("west", "ff"),
      expected: [],
    },
    {
      why: "switch back to a root that the peer has given up",
      before: "aa:retiring bb",
      now: "aa bb:next",
      west: published("west", "bb"),
      expected: notReady,
    },
    {
      why: "remove while a peer signs under the old one",
      before: "aa:retiring bb",
      now: "bb",
      west: published("west", "aa bb:next"),
      expected: notReady,
    },
    {
      why: "remove when it does not",
      before: "aa:retiring bb",
      now: "bb",
      west: published("west", "aa:retiring bb"),
      expected: [],
    },
    {
      why: "remove beside an anchored peer",
      before: "aa:retiring bb",
      now: "bb",
      west: published("west", "ff", { east: "aa bb" }),
      expected: [],
    },
    {
      why: "all at once",
      before: "aa",
      now: "bb",
      west: published("west", "aa bb:next"),
      expected: ["rotation-phase-skipped the mesh's roots", ...notReady],
    },
  ])("$why: $expected", ({ before, now, west, expected }) => {
    expect(change(before, now, west)).toEqual(expected);
  });

  test("is not held up by a peer in quarantine, or by one with which there is nothing", () => {
    const west = published("west", "aa");
    expect(change("aa bb:next", "aa:retiring bb", west, { quarantine: ["west"] })).toEqual([]);
    expect(change("aa bb:next", "aa:retiring bb", west, { imports: [] })).toEqual([]);
  });

  test("is compared with the text that the installed istiod has", () => {
    const west = published("west", "ff", { east: "aa cc" });
    const at = (minor: string) =>
      refused({ bundle: bundle("aa bb:next cc:next"), contract: published("east", "aa cc:next", {}, minor) }, west, {
        istio: { provider: "managed", version: "1.31.0" },
      });
    expect([at("1.29"), at("1.30")]).toEqual([["rotation-phase-skipped the mesh's roots"], []]);
  });
});

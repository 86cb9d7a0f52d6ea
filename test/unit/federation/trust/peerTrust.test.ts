import type { ContractRoot } from "../../../../federation/contract/contract.ts";
import { planPeerTrust, type OwnTrust } from "../../../../federation/trust/peerTrust.ts";
import { readMeshConfig } from "../../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../../federation/config/versions.ts";
import { contract, peersOf, rootOf } from "../fixtures.ts";

/** East, which imports from west, and what is known of it and of the others. */
interface Case {
  /** Roots that east pins for west, by two digits. */
  pins?: string[];
  /** Roots of west. Default: the active root bb. */
  roots?: ContractRoot[];
  /** Roots of east; empty where they are not known. Default: the active root aa. */
  own?: ContractRoot[];
  makesRoot?: boolean;
  /** Roots of east until now. Default: not known. */
  before?: ContractRoot[];
  /** Roots of west that east's last `up` trusted. */
  trusted?: string[];
  ca?: "own" | "external" | "existing";
  domains?: { east?: string; west?: string; north?: string };
  more?: Record<string, unknown>;
}

const sha = (digits: string): string => rootOf(digits).sha256;

function plan({ pins = [], roots = [rootOf("bb")], own = [rootOf("aa")], domains = {}, ...given }: Case) {
  const peer = { stack: "organization/p/west", trustDomain: domains.west, roots: pins.map(sha) };
  const raw = {
    mesh: { name: "east", trustDomain: domains.east ?? "east.local" },
    cluster: { provider: "existing", kubeconfigPath: "x" },
    ca: { provider: given.ca ?? "own" },
    imports: [{ name: "httpbin", from: "west", visibleTo: ["sleep"] }],
    peers: { west: peer, north: { stack: "organization/p/north" } },
    ...given.more,
  };
  const west = contract("west");
  const north = contract("north");
  const peers = peersOf(
    { ...west, mesh: { ...west.mesh, trustDomain: domains.west ?? "west.local", roots } },
    { ...north, mesh: { ...north.mesh, trustDomain: domains.north ?? "north.local" } },
  );
  const ownTrust: OwnTrust = { roots: own, makesRoot: given.makesRoot, before: given.before };
  if (given.trusted) ownTrust.trusted = { west: given.trusted.map(sha) };
  const trust = planPeerTrust(readMeshConfig(raw, "east", releaseSources), ownTrust, [], peers);
  return {
    anchored: trust.anchored.flatMap((peer) => peer.roots.map(({ sha256 }) => sha256.slice(0, 2))),
    trusts: trust.trusts["west"]?.map((root) => root.slice(0, 2)),
    pending: trust.pending.map(({ reason }) => /root (..)/.exec(reason)?.[1] ?? reason),
    findings: trust.findings.map(({ code }) => code),
    warnings: trust.warnings.map(({ code }) => code),
  };
}

const nothing = { anchored: [], trusts: undefined, pending: [], findings: [], warnings: [] };
const [active, next, retiring] = [rootOf("bb"), rootOf("cc", "next"), rootOf("dd", "retiring")];

describe("a peer of another root", () => {
  test.each<{ why: string; given: Case; expected: Partial<ReturnType<typeof plan>> }>([
    { why: "without a pin is pending", given: {}, expected: { pending: ["bb"] } },
    { why: "is anchored by the pinned root", given: { pins: ["bb"] }, expected: { anchored: ["bb"], trusts: ["bb"] } },
    {
      why: "with another pin is refused",
      given: { pins: ["ee"] },
      expected: { findings: ["peer-root-differs"] },
    },
    {
      why: "with a pin on the next root only is refused",
      given: { pins: ["cc"], roots: [active, next] },
      expected: { anchored: ["cc"], trusts: ["cc"], findings: ["peer-root-differs"] },
    },
    {
      why: "whose next root is not pinned goes on, with a note",
      given: { pins: ["bb"], roots: [active, next] },
      expected: { anchored: ["bb"], trusts: ["bb"], pending: ["cc"] },
    },
    {
      why: "is anchored by both roots while it changes them",
      given: { pins: ["cc", "bb", "ee"], roots: [active, next] },
      expected: { anchored: ["bb", "cc"], trusts: ["bb", "cc"] },
    },
    {
      why: "with a retiring root that was never trusted",
      given: { pins: ["bb"], roots: [retiring, active] },
      expected: { anchored: ["bb"], trusts: ["bb"] },
    },
    {
      why: "keeps the anchor of a retiring root, under which leaves are left",
      given: { pins: ["bb"], roots: [retiring, active], trusted: ["bb", "dd"] },
      expected: { anchored: ["bb"], trusts: ["bb"], findings: ["anchor-removed-while-used"] },
    },
    {
      why: "loses an anchor that it does not use yet, or no more",
      given: { pins: ["bb"], roots: [active, next], trusted: ["bb", "cc", "dd"] },
      expected: { anchored: ["bb"], trusts: ["bb"], pending: ["cc"] },
    },
    {
      why: "whose pins are removed while it is used is refused",
      given: { trusted: ["bb"] },
      expected: { findings: ["anchor-removed-while-used"] },
    },
    { why: "that publishes no root is nobody's", given: { roots: [] }, expected: {} },
    {
      why: "that publishes no root any more is refused: its anchors would go",
      given: { roots: [], pins: ["bb"], trusted: ["bb"] },
      expected: { findings: ["peer-root-differs"] },
    },
    {
      why: "that publishes no root yet is pending where one is pinned",
      given: { roots: [], pins: ["bb"] },
      expected: { pending: [expect.stringMatching(/publishes no root/)] as never },
    },
    {
      why: "in quarantine is not trusted, whatever is pinned",
      given: { pins: ["bb"], trusted: ["bb"], more: { quarantine: ["west"] } },
      expected: {},
    },
    {
      why: "with which there is no import and no export is not trusted",
      given: { pins: ["bb"], trusted: ["bb"], more: { imports: [] } },
      expected: {},
    },
  ])("$why", ({ given, expected }) => {
    expect(plan(given)).toEqual({ ...nothing, ...expected });
  });
});

describe("a peer of the same root", () => {
  const shared = [rootOf("aa")];
  const both = [rootOf("aa", "retiring"), rootOf("bb")];
  const leaving = { own: [rootOf("bb")], before: both, trusted: ["aa", "bb"] };
  test.each<{ why: string; given: Case; expected: Partial<ReturnType<typeof plan>> }>([
    { why: "needs no anchor", given: { roots: shared }, expected: { trusts: ["aa"] } },
    {
      why: "needs none while both change it, in any order",
      given: {
        roots: [rootOf("aa", "retiring"), rootOf("bb")],
        own: [rootOf("aa"), rootOf("bb", "next")],
        trusted: ["aa"],
      },
      expected: { trusts: ["aa", "bb"] },
    },
    {
      why: "that signs under another one is pending",
      given: { roots: [rootOf("aa", "retiring"), rootOf("bb")], trusted: ["aa"] },
      expected: { trusts: ["aa"], pending: ["bb"] },
    },
    {
      why: "that goes to another one is anchored by that one, once it is pinned",
      given: { roots: [rootOf("aa"), rootOf("bb", "next")], pins: ["bb"] },
      expected: { anchored: ["bb"], trusts: ["aa", "bb"] },
    },
    {
      why: "that has gone to another one, which is not pinned, is pending",
      given: { roots: [rootOf("bb")], trusted: ["aa"] },
      expected: { pending: ["bb"] },
    },
    {
      why: "lets the old root go in any order when both have changed it",
      given: { ...leaving, roots: both },
      expected: { trusts: ["bb"] },
    },
    {
      why: "has let the old root go before this mesh does",
      given: { ...leaving, roots: [rootOf("bb")] },
      expected: { trusts: ["bb"] },
    },
    {
      why: "is cut off no sooner than it signs under the new root",
      given: { ...leaving, roots: [rootOf("aa"), rootOf("bb", "next")] },
      expected: { trusts: ["bb"], findings: ["anchor-removed-while-used"] },
    },
    {
      why: "keeps the anchor of a retiring root of its own, under which leaves are left",
      given: {
        roots: [rootOf("dd", "retiring"), rootOf("bb")],
        own: [rootOf("bb")],
        before: [rootOf("bb")],
        trusted: ["bb", "dd"],
      },
      expected: { trusts: ["bb"], findings: ["anchor-removed-while-used"] },
    },
    { why: "is any peer where the own roots are not known", given: { own: [] }, expected: { trusts: [] } },
    {
      why: "is not one whose root is pinned, where the own roots are not known",
      given: { own: [], pins: ["bb"], ca: "external" },
      expected: { anchored: ["bb"], trusts: ["bb"] },
    },
    {
      why: "is nobody while this `up` makes the root",
      given: { own: [], makesRoot: true, pins: ["bb"] },
      expected: { anchored: ["bb"], trusts: ["bb"] },
    },
    {
      why: "is not kept out by quarantine, which is said",
      given: { roots: shared, more: { quarantine: ["west"] } },
      expected: { warnings: ["quarantine-without-effect"] },
    },
  ])("$why", ({ given, expected }) => {
    expect(plan(given)).toEqual({ ...nothing, ...expected });
  });
});

describe("a peer whose plain root is in the bundle of a file", () => {
  const own = [rootOf("aa"), rootOf("bb", "next")];
  const plain = ["peer-root-in-bundle"];
  test.each<{ why: string; given: Case; findings?: string[]; warnings?: string[] }>([
    { why: "is refused", given: { own, ca: "existing" }, findings: plain },
    { why: "is refused where the root is pinned, too", given: { own, ca: "existing", pins: ["bb"] }, findings: plain },
    {
      why: "is warned of where it has this mesh's root, too: both may change a common root",
      given: { own, ca: "existing", roots: [active, rootOf("aa", "next")] },
      warnings: ["peer-root-plain"],
    },
    { why: "is a common root where both sign under it", given: { ca: "existing", roots: [rootOf("aa")] } },
  ])("$why", ({ given, findings = [], warnings = [] }) => {
    expect(plan(given)).toMatchObject({ findings, warnings, anchored: [] });
  });
});

describe("the trust domain of a peer of another root", () => {
  test.each<{ domains: Case["domains"]; findings: string[]; roots?: ContractRoot[] }>([
    { domains: { west: "east.local" }, findings: ["peer-trust-domain-shared"] },
    { domains: { west: "x.east.local" }, findings: ["peer-trust-domain-nested"] },
    { domains: { west: "local" }, findings: ["peer-trust-domain-nested", "peer-trust-domain-claimed"] },
    { domains: { west: "north.local" }, findings: ["peer-trust-domain-claimed"] },
    { domains: { west: "a.b.north.local" }, findings: ["peer-trust-domain-claimed"] },
    { domains: { west: "west.local", north: "x.west.local" }, findings: ["peer-trust-domain-claimed"] },
    { domains: { west: "west.local", north: "east.local" }, findings: [] },
    { domains: { west: "xeast.local" }, findings: [] },
    // Meshes of one root may have one trust domain: its owner says who they are.
    { domains: { west: "east.local" }, findings: [], roots: [rootOf("aa")] },
  ])("$domains: $findings", ({ domains, findings, roots }) => {
    const { anchored, ...rest } = plan({ pins: ["bb"], domains, ...(roots && { roots, pins: [] }) });
    expect(rest.findings).toEqual(findings);
    expect(anchored).toEqual(findings.length > 0 || roots ? [] : ["bb"]);
  });
});

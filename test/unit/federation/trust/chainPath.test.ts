import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { issuerIn, pathTo, rootsAbove } from "../../../../federation/trust/chainPath.ts";
import { trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import { keyOf, makeLeaf, makeRoot, makeSubCa, type LeafOptions } from "../../../support/pki.ts";
import { opensslVerify } from "./openssl.ts";

const now = Date.now();
const day = 86_400_000;
const past = { notBefore: new Date(now - 3 * day), notAfter: new Date(now - day) };

const anchorOver = (rootPem: string, trustDomain = "b.local") =>
  trustAnchor({ rootPem, trustDomain, issuerName: "anchor of a", keyPem: keyOf("anchor") });

/** Certificates of mesh B: its root, re-issues of it, a root with the same name and another key, its intermediate. */
async function meshB() {
  const root = await makeRoot("root B");
  const expired = await makeRoot("root B", past);
  const other = await makeRoot("root B", { keyName: "another key" });
  const unrelated = await makeRoot("root A");
  const ca = await makeSubCa({ ca: root, name: "intermediate B" });
  const expiredCa = await makeSubCa({ ca: root, name: "intermediate B", ...past });
  const bound = await makeSubCa({ ca: root, name: "bound B", permittedUris: ["b.local"] });
  const below = await makeSubCa({ ca: bound, name: "sub-CA of B" });
  const named = await makeSubCa({ ca: root, name: "named B", dnsNames: ["istiod.istio-system.svc"] });
  return { root, expired, other, unrelated, ca, expiredCa, bound, below, named };
}
type MeshB = Awaited<ReturnType<typeof meshB>>;
const authorities = meshB();

interface Case {
  what: string;
  leaf?: (b: MeshB) => Partial<LeafOptions>;
  /** PEM of the bundle. */
  bundle: (b: MeshB) => Promise<string> | string;
  /** Kind of the problem; `path` where there is none. */
  outcome: string;
  /** What OpenSSL, whose rules are those of Envoy, says; default: it refuses as well. */
  openssl?: RegExp;
}

const sub = (uri: string, more: object = {}) => ({ uris: [uri], ...more });
const cases: Case[] = [
  { what: "an honest leaf to a plain root", bundle: (b) => b.unrelated.certPem + b.root.certPem, outcome: "path" },
  { what: "an honest leaf to an anchor", bundle: (b) => anchorOver(b.root.certPem), outcome: "path" },
  { what: "an honest leaf to an anchor over its CA", bundle: (b) => anchorOver(b.ca.certPem), outcome: "path" },
  { what: "no anchor", bundle: (b) => b.unrelated.certPem, outcome: "no-anchor" },
  { what: "an empty bundle", bundle: () => "", outcome: "no-anchor" },
  {
    what: "an anchor, and another root of the same name in front",
    bundle: async (b) => b.other.certPem + (await anchorOver(b.root.certPem)),
    outcome: "path",
  },
  {
    what: "an honest leaf that is sent with its root to an anchor",
    leaf: (b) => ({ above: b.root.certPem }),
    bundle: (b) => anchorOver(b.root.certPem),
    outcome: "path",
  },
  {
    what: "an expired root in front of its successor",
    bundle: (b) => b.expired.certPem + b.root.certPem,
    outcome: "anchor-dates",
    openssl: /./,
  },
  { what: "an expired root behind its successor", bundle: (b) => b.root.certPem + b.expired.certPem, outcome: "path" },
  {
    what: "an expired CA",
    leaf: (b) => ({ ca: b.expiredCa }),
    bundle: (b) => b.root.certPem,
    outcome: "ca-dates",
  },
  {
    what: "a forged identity to an anchor",
    leaf: () => sub("spiffe://a.local/ns/x/sa/y"),
    bundle: (b) => anchorOver(b.root.certPem),
    outcome: "constraint",
  },
  {
    what: "a forged identity beside its own",
    leaf: () => ({ uris: ["spiffe://b.local/ns/x/sa/y", "spiffe://a.local/ns/x/sa/y"] }),
    bundle: (b) => anchorOver(b.root.certPem),
    outcome: "constraint",
  },
  {
    what: "a forged identity through a CA below a bound CA",
    leaf: (b) => sub("spiffe://a.local/ns/x/sa/y", { ca: b.below, above: b.bound.certPem }),
    bundle: (b) => b.root.certPem,
    outcome: "constraint",
  },
  {
    what: "a forged identity to a plain root in front of the anchor",
    leaf: () => sub("spiffe://a.local/ns/x/sa/y"),
    bundle: async (b) => b.root.certPem + (await anchorOver(b.root.certPem)),
    outcome: "path",
  },
  {
    what: "a subdomain",
    leaf: () => sub("spiffe://x.b.local/ns/x/sa/y"),
    bundle: (b) => anchorOver(b.root.certPem),
    outcome: "constraint",
  },
  {
    what: "a DNS name in the CA below an anchor",
    leaf: (b) => ({ ca: b.named }),
    bundle: (b) => anchorOver(b.root.certPem),
    outcome: "constraint",
  },
];

describe("the path of a chain to a bundle", () => {
  test.each(cases)("$what: $outcome", async ({ leaf, bundle, outcome, openssl }) => {
    const b = await authorities;
    const { certPem, chainPem } = await makeLeaf({
      ca: b.ca,
      uris: ["spiffe://b.local/ns/x/sa/y"],
      above: "",
      ...leaf?.(b),
    });
    const trusted = await bundle(b);
    const result = pathTo(await certificatesIn(chainPem), await certificatesIn(trusted), now);
    expect("problem" in result ? result.problem.kind : "path").toBe(outcome);
    if (trusted === "") return;
    const said = await opensslVerify(trusted, { leaf: certPem, chain: chainPem });
    expect(said).toMatch(openssl ?? (outcome === "path" ? /^ok$/ : /^(?!ok)/));
  });

  test("names an expired root's successor, and the name that is not permitted", async () => {
    const b = await authorities;
    const chain = await certificatesIn((await makeLeaf({ ca: b.ca, uris: ["spiffe://a.local/ns/x/sa/y"] })).chainPem);
    const [expired, root] = await certificatesIn(b.expired.certPem + b.root.certPem);
    expect(pathTo(chain, [expired!, root!], now)).toEqual({
      problem: { kind: "anchor-dates", anchor: expired, successor: root },
    });
    const [anchor] = await certificatesIn(await anchorOver(b.root.certPem));
    expect(pathTo(chain, [anchor!], now)).toEqual({
      problem: { kind: "constraint", ca: anchor, name: "spiffe://a.local/ns/x/sa/y" },
    });
  });

  test("does not end for certificates that sign each other", async () => {
    const [a, b] = [await makeRoot("x"), await makeRoot("y")];
    const [x, y] = [
      await makeSubCa({ ca: a, name: "y", kind: "rsa" }),
      await makeSubCa({ ca: b, name: "x", kind: "rsa" }),
    ];
    const leaf = await makeLeaf({ ca: x, above: y.certPem + x.certPem });
    const chain = await certificatesIn(leaf.chainPem);
    expect(pathTo(chain, [], now)).toMatchObject({ problem: { kind: "no-anchor" } });
    expect(rootsAbove(chain, [])).toEqual([]);
  });
});

describe("the roots above a chain", () => {
  test("are those that signed its end, whether they are in the chain or not", async () => {
    const b = await authorities;
    const candidates = await certificatesIn(b.unrelated.certPem + b.other.certPem + b.expired.certPem + b.root.certPem);
    for (const above of ["", b.root.certPem]) {
      const chain = await certificatesIn((await makeLeaf({ ca: b.ca, above })).chainPem);
      expect(rootsAbove(chain, candidates)).toEqual(candidates.slice(2));
    }
    expect(rootsAbove([], candidates)).toEqual([]);
  });

  test("are below an issuer that the chain has", async () => {
    const b = await authorities;
    const chain = await certificatesIn((await makeLeaf({ ca: b.ca, above: b.root.certPem })).chainPem);
    expect([issuerIn(chain), issuerIn([]), issuerIn(chain.slice(0, 1))]).toEqual([chain[1], undefined, undefined]);
  });
});

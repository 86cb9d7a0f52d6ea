import type { FederationContract } from "../../../../federation/contract/contract.ts";
import { trustContractsOf } from "../../../../federation/trust/trustContract.ts";
import type { QuarantineEvidence } from "../../../../verify/gather/quarantineEvidence.ts";
import { quarantineResult } from "../../../../verify/negativeChecks/quarantine.ts";
import { quarantineCheck } from "../../../../verify/negativeChecks/registry.ts";
import { anExport, identity } from "../../federation/fixtures.ts";
import { pki } from "../../federation/trust/rotationFixtures.ts";
import {
  contracts,
  cutOff,
  exposes,
  gateway,
  gatewayPod,
  holds,
  host,
  imported,
  made,
  root,
  rule,
  sidecar,
  type Case,
} from "./quarantineFixtures.ts";

async function judge(all: ReadonlyMap<string, FederationContract>, evidence: QuarantineEvidence) {
  const own = all.get("east")!;
  const subject = { own, entry: own.quarantine[0]!, contracts: all, trust: await trustContractsOf(all) };
  return quarantineResult(quarantineCheck, subject, evidence);
}

const violations: Case[] = [
  {
    what: "an endpoint at its gateway",
    seen: () => ({ traffic: [sidecar({ endpoints: new Set(["192.0.2.2:15443"]) })] }),
    says: /gateway of west is an endpoint: 192\.0\.2\.2:15443 in apps\/a/,
  },
  {
    what: "an endpoint at its gateway's host name, in a gateway",
    contracts: { west: gateway("gw.west.example") },
    seen: () => ({ traffic: [sidecar(), { ...gatewayPod, endpoints: new Set(["gw.west.example:15443"]) }] }),
    says: /gw\.west\.example:15443 in istio-system\/gw/,
  },
  {
    what: "an anchor of its root",
    seen: (p) => holds(p, p.old.anchor),
    says: /still trusted: [0-9a-f]{16} in apps\/a/,
  },
  { what: "its plain root", seen: (p) => holds(p, p.old.root), says: /still trusted/ },
  {
    what: "an anchor for its trust domain over a root that it does not publish",
    contracts: (p) => ({
      west: { mesh: identity("west", { trustDomain: "west.local", roots: [root(p.fresh.root)] }) },
    }),
    seen: (p) => holds(p, p.old.anchor),
    says: /still trusted/,
  },
  {
    what: "an anchor for its trust domain while its contract cannot be read",
    contracts: { west: { mesh: identity("west", { trustDomain: "moved.local" }) } },
    seen: (p) => holds(p, p.old.anchor),
    says: /still trusted/,
  },
  {
    what: "its root, which another mesh claims that is not trusted by it",
    contracts: (p) => ({
      north: { mesh: identity("north", { trustDomain: "north.local", roots: [root(p.fresh.root), root(p.old.root)] }) },
    }),
    seen: (p) => holds(p, p.old.root),
    says: /still trusted/,
  },
  {
    what: "an anchor for its trust domain, which another mesh claims",
    contracts: (p) => ({
      north: { mesh: identity("north", { trustDomain: "west.local", roots: [root(p.fresh.root)] }) },
      west: { mesh: identity("west", { trustDomain: "west.local" }) },
    }),
    seen: (p) => holds(p, p.old.anchor),
    says: /still trusted/,
  },
  {
    what: "an endpoint at its gateway, which another mesh claims",
    contracts: { north: gateway("192.0.2.2") },
    seen: () => ({ traffic: [sidecar({ endpoints: new Set(["192.0.2.2:15443"]) })] }),
    says: /192\.0\.2\.2:15443 in apps\/a/,
  },
  { what: "no policy", seen: () => ({ policies: [] }), says: /AuthorizationPolicy quarantine-west does not exist/ },
  {
    what: "somebody else's policy of the name",
    seen: () => ({ policies: [{ ...made, metadata: { ...made.metadata, labels: {} } }] }),
    says: /does not exist/,
  },
  {
    what: "a policy that denies another trust domain",
    seen: () => ({
      policies: [{ ...made, spec: { ...made.spec, rules: [{ from: [{ source: { trustDomains: ["x"] } }] }] } }],
    }),
    says: /not as `up` made it/,
  },
  {
    what: "a policy for some pods only",
    seen: () => ({ policies: [{ ...made, spec: { ...made.spec, selector: { matchLabels: { app: "a" } } } }] }),
    says: /not as `up` made it/,
  },
  {
    what: "a sidecar without the policy",
    seen: () => ({ traffic: [sidecar(), sidecar({ pod: "apps/b", denials: new Map() }), gatewayPod] }),
    says: /not in force in apps\/b/,
  },
  {
    what: "a sidecar that denies another trust domain",
    seen: () => ({ traffic: [sidecar({ denials: new Map([[rule, "spiffe://northwest.local/"]]) })] }),
    says: /not in force in apps\/a/,
  },
  {
    what: "a host that no export publishes any more",
    seen: () => ({ gateways: exposes([host, "alone.httpbin.svc.cluster.local"]) }),
    says: /passes on what no export publishes: alone\.httpbin\.svc\.cluster\.local in istio-system\/export-httpbin/,
  },
  {
    what: "an export to it",
    contracts: { east: { exports: [anExport({ to: ["west"] }, "east.local")] } },
    says: /httpbin is still exported to west/,
  },
  { what: "an import from it", contracts: { east: { imports: [imported("west")] } }, says: /cart is still imported/ },
  {
    what: "a call that is answered",
    seen: () => ({ calls: [{ call: "west <- east/httpbin:8000", outcome: "accepted", detail: "status 200" }] }),
    says: /west <- east\/httpbin:8000 is answered: status 200/,
  },
  {
    what: "hosts that are exported while no policy can name it",
    contracts: { east: { quarantine: [{ mesh: "west", trustDomains: [] }] } },
    seen: () => ({ policies: [] }),
    says: /no policy denies callers of west, and a gateway passes on httpbin/,
  },
];

const harmless: Case[] = [
  { what: "nothing is left of it" },
  {
    what: "its contract names the gateway of another mesh",
    contracts: { west: gateway("192.0.2.3") },
  },
  {
    what: "its contract names this mesh's gateway",
    contracts: { west: gateway("192.0.2.1") },
    seen: () => ({ traffic: [sidecar({ endpoints: new Set(["192.0.2.1:15443"]) })] }),
  },
  {
    what: "it shares the root of this mesh",
    contracts: (p) => ({ west: { mesh: identity("west", { trustDomain: "west.local", roots: [root(p.east.root)] }) } }),
  },
  {
    what: "its contract claims the root and the trust domain of another mesh",
    contracts: (p) => ({
      west: { mesh: identity("west", { trustDomain: "north.local", roots: [root(p.fresh.root)] }) },
    }),
    seen: (p) => ({ trust: [{ pod: "apps/a", takesBundle: true, bundle: [p.east.root, p.fresh.root], chain: [] }] }),
  },
  {
    what: "a call is refused",
    seen: () => ({ calls: [{ call: "west <- east/httpbin:8000", outcome: "refused", detail: "at hop tls" }] }),
    says: /west <- east\/httpbin:8000 is refused at hop tls/,
  },
  {
    what: "no policy can name it, and nothing is exported",
    contracts: { east: { exports: [], quarantine: [{ mesh: "west", trustDomains: [] }] } },
    seen: () => ({ policies: [], gateways: [] }),
  },
];

const unclear: Case[] = [
  { what: "no proxy runs", seen: () => ({ trust: [], traffic: [] }), says: /no proxy runs, so .* not conclusive/ },
  {
    what: "a bundle cannot be read",
    seen: (p) => ({
      trust: [...cutOff(p).trust, { pod: "apps/b", takesBundle: true, failure: "403: forbidden" }],
    }),
    says: /apps\/b: 403: forbidden/,
  },
  {
    what: "the endpoints of a proxy cannot be read",
    seen: () => ({ traffic: [sidecar(), { pod: "apps/b", failure: "timeout" }] }),
    says: /apps\/b: timeout/,
  },
];

const judged = async ({ contracts: change, seen }: Case) => {
  const p = await pki;
  const all = contracts(p, typeof change === "function" ? change(p) : change);
  return judge(all, cutOff(p, seen?.(p)));
};

describe("the check of a quarantine", () => {
  test.each(violations)("fails for $what", async ({ says, ...given }) => {
    expect(await judged(given)).toMatchObject({
      ...{ code: "negative-quarantine", state: "failed", mesh: "east", name: "east: peer in quarantine west" },
      evidence: expect.stringMatching(says!),
    });
  });

  test.each(harmless)("passes where $what", async ({ says = /./, ...given }) => {
    expect(await judged(given)).toMatchObject({ state: "passed", evidence: expect.stringMatching(says) });
  });

  test.each(unclear)("is unknown where $what", async ({ says, ...given }) => {
    expect(await judged(given)).toMatchObject({ state: "unknown", evidence: expect.stringMatching(says!) });
  });

  test("counts what was read as its control", async () => {
    const p = await pki;
    const calls = [{ call: "a call", outcome: "refused" as const, detail: "at hop sni" }];
    expect((await judge(contracts(p), cutOff(p, { calls }))).control).toBe("2 proxies read, 1 calls refused");
    const trust = [{ pod: "apps/b", takesBundle: true, failure: "x" }];
    expect((await judge(contracts(p), cutOff(p, { trust }))).control).toBe("0 proxies read");
  });
});

import { certificatesIn } from "../../../../federation/trust/certificate.ts";
import { trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import type { EdgeTrust, Evidence } from "../../../../verify/evidence.ts";
import { checkTls } from "../../../../verify/hops/tls.ts";
import { keyOf, makeLeaf, makeRoot, makeSubCa } from "../../../support/pki.ts";
import { byName, contract, now, pki, type Pki } from "../../federation/trust/rotationFixtures.ts";
import { edge, passingEvidence, shows, sidecarError } from "../fixtures.ts";
import { refusedClients, refusedServers, type TrustCase } from "./trust.cases.ts";

const day = 86_400_000;
const dates = { notBefore: now - day, notAfter: now + day };
const alert = "TLS_error:|SSL routines:SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end";

function check(p: Pki, given: Partial<TrustCase>) {
  const trust: EdgeTrust = {
    client: {
      bundle: given.bundle?.(p) ?? (given.servers ? [p.east.root, p.old.anchor] : [p.east.root]),
      chain: p.east.chain,
    },
    contracts: byName(given.contracts?.(p) ?? []),
    istiodRoots: given.istiodRoots ? { east: given.istiodRoots(p) } : {},
    servers: given.servers?.(p) ?? [],
  };
  const evidence: Evidence = {
    ...passingEvidence,
    now,
    clientHellos: [shows({ ...dates, chain: given.chain?.(p) ?? p.old.chain })],
    trust,
    ...(given.servers ? { answer: sidecarError(alert) } : {}),
  };
  return checkTls(edge, evidence);
}

describe("the hop TLS", () => {
  test.each([...refusedServers, ...refusedClients])("with $what: $cause", async (given) => {
    const { state, evidence, remedy, cause } = check(await pki, given);
    expect([state, cause]).toEqual([given.says ? "failed" : "passed", given.cause]);
    if (!given.says) return;
    expect(evidence).toMatch(given.says);
    expect(remedy).toMatch(given.remedy!);
  });

  test("shows an expired anchor that hides its successor", async () => {
    const p = await pki;
    const past = { notBefore: new Date(now - 3 * day), notAfter: new Date(now - day) };
    const expired = await makeRoot("west 1", { kind: "ec", ...past });
    const request = { trustDomain: "west.local", issuerName: "anchors", keyPem: keyOf("anchors") };
    const [before] = await certificatesIn(await trustAnchor({ rootPem: expired.certPem, ...request }));
    const result = check(p, { bundle: () => [before!, p.old.anchor] });
    expect(result).toMatchObject({ state: "failed", cause: "trust-anchor-expired" });
    expect(result.evidence).toMatch(/hides its successor/);
    expect(check(p, { bundle: () => [p.old.anchor, before!] }).state).toBe("passed");
  });

  test.each([
    {
      what: "an identity of another mesh",
      names: { uris: ["spiffe://east.local/ns/a/sa/admin"] },
      ca: {},
      says: /east\.local.*permits west\.local/,
    },
    {
      what: "a CA with a DNS name",
      names: {},
      ca: { dnsNames: ["istiod.istio-system.svc"] },
      says: /excludes DNS names/,
    },
  ])("shows $what below an anchor", async ({ names, ca: more, says }) => {
    const p = await pki;
    const root = await makeRoot("west 1", { kind: "ec" });
    const ca = await makeSubCa({ ca: root, name: "other intermediate", ...more });
    const leaf = await makeLeaf({ ca, uris: ["spiffe://west.local/ns/a/sa/b"], ...names });
    const chain = await certificatesIn(leaf.chainPem);
    const result = check(p, { chain: () => chain, bundle: () => [p.old.anchor] });
    expect(result).toMatchObject({ state: "failed", cause: "trust-constraint-violated" });
    expect(result.evidence).toMatch(says);
  });

  test("shows a CA that has expired", async () => {
    const p = await pki;
    const root = await makeRoot("west 1", { kind: "ec" });
    const ca = await makeSubCa({
      ca: root,
      name: "past",
      notBefore: new Date(now - 3 * day),
      notAfter: new Date(now - day),
    });
    const chain = await certificatesIn((await makeLeaf({ ca })).chainPem);
    const contracts = () => [contract("west", [["active", p.old.root]])];
    const result = check(p, { chain: () => chain, bundle: () => [p.old.root], contracts });
    expect(result).toMatchObject({
      state: "failed",
      cause: "trust-anchor-expired",
      evidence: expect.stringMatching(/past/),
    });
  });
});

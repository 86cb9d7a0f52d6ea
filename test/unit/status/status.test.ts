import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import type { FederationContract } from "../../../federation/contract/contract.ts";
import { pemOf } from "../../../federation/trust/pem.ts";
import { federationMetadata } from "../../../federation/objects/labels.ts";
import { ApiError } from "../../../kube/errors.ts";
import { statusScreen } from "../../../status/screen.ts";
import { contractDrift, statusOf } from "../../../status/status.ts";
import { derOf, makeRoot } from "../../support/pki.ts";
import {
  cluster,
  contract,
  east,
  expiry,
  exported,
  mesh,
  now,
  readAlone,
  rejects,
  san,
  up,
  west,
} from "./statusFixtures.ts";

describe("the status", () => {
  test("shows meshes, exports with importers, expiry and pending imports", () => {
    const certificates = [
      expiry("root", { certificate: "root CA", notAfter: now + 900 * 86_400_000 }),
      expiry("workload", { certificate: "workload", notAfter: now + 3_600_000 }),
      expiry("intermediate", { certificate: "intermediate CA", mesh: "east", notAfter: now - 1 }),
    ];
    const status = statusOf(
      [up(east), up(west), { name: "south", contract: undefined, problem: "is not up" }],
      certificates,
      [],
      [],
      now,
    );
    expect(status.exports[0]!.importers).toEqual(["east"]);
    expect(status.certificates.map((c) => c.certificate)).toEqual(["intermediate CA", "workload", "root CA"]);
    const screen = statusScreen(status, now);
    expect(screen.split("\n").filter((line) => line.length > 80)).toEqual([]);
    for (const wanted of [
      /west +192\.0\.2\.1:15443 +up, Istio 1\.30\.1/,
      /west\/httpbin +8000\/HTTP +east +east/,
      /intermediate CA +east +10 days +EXPIRED/,
      /workload +west +10 days +1 hours/,
      /root CA +west +10 days +900 days/,
      /RENEW +east: intermediate CA ended on 2026-05-31/,
      /PENDING east <- south\/other: stack "south" does not exist/,
      /mesh "south" is not up/,
      /no drift/,
    ])
      expect(screen).toMatch(wanted);
  });

  test("shows meshes in quarantine, and which of them no policy denies", () => {
    const quarantine = [
      { mesh: "west", trustDomains: ["west.local"] },
      { mesh: "south", trustDomains: [] },
    ];
    const pendingImports = [{ name: "httpbin", from: "west", reason: "west is off", cause: "quarantine" }];
    const status = statusOf([up({ ...east, quarantine, pendingImports }), up(west)], [], []);
    expect(status.quarantine).toEqual([
      { mesh: "east", peer: "west", trustDomains: ["west.local"] },
      { mesh: "east", peer: "south", trustDomains: [] },
    ]);
    expect(status.pending).toEqual([{ mesh: "east", ...pendingImports[0] }]);
    const screen = statusScreen(status, now);
    expect(screen).toContain("QUARANTINE east: west is in quarantine, denies west.local\n");
    expect(screen).toContain("QUARANTINE east: south is in quarantine, NOT DENIED by any policy\n");
    expect(statusScreen(statusOf([up(west)], [], []), now)).not.toContain("QUARANTINE");
  });

  test.each([
    {
      what: "that is empty",
      look: cluster(async () => []),
      says: undefined,
      state: "up, Istio 1.30.1",
      complete: true,
    },
    {
      what: "without credentials",
      look: undefined,
      says: "there are no credentials for its cluster here",
      state: "up, Istio 1.30.1",
      complete: true,
    },
    {
      what: "that is unreachable",
      look: rejects(new Error("no route")),
      says: "no route",
      state: "cannot be reached: no route",
      complete: false,
    },
    {
      what: "that denies listing",
      look: rejects(new ApiError(403, "may not list")),
      says: "403: may not list",
      state: "up, Istio 1.30.1",
      complete: false,
    },
  ])("of a cluster $what reports only what was read", async ({ look, says, state, complete }) => {
    const seen = await readAlone(look as never, async () => []);
    const status = statusOf([seen.state], seen.certificates, seen.drift);
    expect([seen.complete, status.meshes[0]!.state, status.notChecked]).toEqual([
      complete,
      state,
      says ? [{ mesh: "alone", reason: says }] : [],
    ]);
    const screen = statusScreen(status, now);
    if (says) {
      expect(screen).toContain(`alone not checked: ${says}`);
      expect(screen).not.toContain("no drift");
    } else expect(screen).toMatch(/no pending imports\nno drift\n$/);
    expect(statusScreen(statusOf([seen.state, up(west)], [], []), now)).toMatch(
      says ? /no drift in west\nalone not checked/ : /no drift\n$/,
    );
  });

  test("says where a workload's certificates, or those of a contract, cannot be read", async () => {
    const pod = {
      metadata: { namespace: "apps", name: "cart-1" },
      spec: { containers: [{ name: "istio-proxy" }] },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    };
    const silent = { pods: async () => [pod], istio: async () => [], exec: () => Promise.reject(new Error("403")) };
    const seen = await readAlone(silent as never, async () => []);
    expect([seen.complete, seen.state.problem, seen.state.notChecked]).toEqual([
      false,
      undefined,
      expect.stringMatching(/^the certificates of pod apps\/cart-1 were not read: 403/),
    ]);

    // An extension occurs twice, which OpenSSL accepts.
    const parsed = AsnConvert.parse(derOf((await makeRoot("west 1", { kind: "ec" })).certPem), Certificate);
    parsed.tbsCertificate.extensions!.push(parsed.tbsCertificate.extensions![0]!);
    parsed.tbsCertificateRaw = undefined;
    const pem = pemOf("CERTIFICATE", new Uint8Array(AsnConvert.serialize(parsed)));
    const publishing = contract({ mesh: { ...mesh("alone"), ca: { pem } } });
    const unread = await readAlone(undefined as never, async () => [], publishing);
    expect([unread.complete, unread.state.notChecked]).toEqual([
      false,
      expect.stringMatching(
        /no credentials .*; the certificates in its contract cannot be read: certificate 1 cannot be read/,
      ),
    ]);
  });

  test("has unknown drift without the state of a stack", async () => {
    const seen = await readAlone(
      cluster(async () => []),
      () => Promise.reject(new Error("no state")),
    );
    const status = statusOf([seen.state], seen.certificates, seen.drift);
    expect([seen.complete, status.meshes[0]!.state]).toEqual([false, "up, Istio 1.30.1"]);
    expect(statusScreen(status, now)).toMatch(
      /no pending imports\nalone not checked: the objects that its stack created are unknown: no state\n$/,
    );
  });

  test("reports drift while another kind cannot be listed", async () => {
    const partly = {
      pods: async () => [],
      istio: async (group: string) => (group === "security" ? Promise.reject(new ApiError(403, "may not list")) : []),
    } as never;
    const created = [
      ["security", "AuthorizationPolicy"],
      ["networking", "Gateway"],
    ].map(([group, kind]) => ({
      apiVersion: `${group}.istio.io/v1`,
      kind: kind!,
      metadata: federationMetadata("export", "x", "shop"),
      spec: {},
    }));
    const seen = await readAlone(partly, async () => created);
    expect(statusScreen(statusOf([seen.state], seen.certificates, seen.drift), now)).toMatch(
      /DRIFT +alone: Gateway shop\/export-x is missing: .*\nalone not checked: 403: may not list\n$/,
    );
    expect(seen.complete).toBe(false);
  });

  test("shows an IPv6 gateway in brackets", () => {
    const at = (address: string) => ({ ...west, gateways: [{ address, port: 15443 }] });
    expect(statusOf([up(at("2001:db8::1"))], [], []).meshes[0]!.gateways).toEqual(["[2001:db8::1]:15443"]);
    expect(contractDrift([east, at("2001:db8::1")])).toEqual([
      { mesh: "east", description: expect.stringContaining("west publishes [2001:db8::1]:15443") },
    ]);
  });

  test.each([
    {
      what: "an address that moved",
      then: { gateways: [{ address: "192.0.2.2", port: 15443 }] },
      says: /gateway 192\.0\.2\.1:15443, west publishes 192\.0\.2\.2:15443/,
    },
    {
      what: "other accounts",
      then: { exports: [{ ...exported, subjectAltNames: [`${san}-2`] }] },
      says: /subjectAltNames .*httpbin, west publishes .*httpbin-2/,
    },
    { what: "a missing export", then: { exports: [] }, says: /west no longer exports/ },
  ])("reports drift between contracts: $what", ({ then, says }) => {
    expect(statusOf([up(east), up({ ...west, ...then } as FederationContract)], [], []).drift).toEqual([
      { mesh: "east", description: expect.stringMatching(says) },
    ]);
    expect(statusOf([up(east), up(west)], [], []).drift).toEqual([]);
  });
});

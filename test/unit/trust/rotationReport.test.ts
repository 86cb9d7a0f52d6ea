import type { TrustEvidence } from "../../../federation/trust/trustEvidence.ts";
import { rotationScreen } from "../../../trust/printRotation.ts";
import type { FederationTrust, OwnMesh } from "../../../trust/readFederation.ts";
import { isOpen, rotationJson, rotationReport } from "../../../trust/rotationReport.ts";
import { byName, cluster, contract, pki, proxy, type Pki } from "../federation/trust/rotationFixtures.ts";

const west: OwnMesh = {
  name: "west",
  stack: "west",
  configured: { phase: "add", next: 2, provider: "own", root: 1 },
};

const inAdd = ({ old, fresh, east }: Pki): TrustEvidence => ({
  ...cluster(
    "west",
    [old.root, fresh.root],
    [
      proxy("a", [old.root, fresh.root, east.anchor], old.chain),
      proxy("late", [old.root, east.root], east.chain),
      { pod: "apps/silent", takesBundle: true, failure: "no answer \u001b[2J" },
    ],
  ),
  configured: [east.anchor],
});

const federation = (p: Pki, more: Partial<FederationTrust> = {}): FederationTrust => ({
  own: [west],
  contracts: byName([
    contract(
      "west",
      [
        ["active", p.old.root],
        ["next", p.fresh.root],
      ],
      { partners: new Set(["east"]) },
    ),
    contract("east", [["active", p.east.root]], { trusts: { west: [p.old.root.sha256, p.fresh.root.sha256] } }),
    contract("far", [["active", p.fresh.root]], {}),
  ]),
  clusters: new Map([["west", inAdd(p)]]),
  handshakes: {
    handshakes: [1, 2].map(() => ({
      mesh: "east",
      at: "192.0.2.1:15443 a.b:80",
      chain: p.east.chain,
      authorities: [p.east.root, p.old.root].map(({ subjectDer }) => subjectDer),
    })),
    failures: [{ mesh: "stranger", at: "192.0.2.2:15443", failure: "ECONNREFUSED" }],
  },
  problems: new Map([["south", "is not up"]]),
  ...more,
});

describe("the report of a rotation", () => {
  test("has numbers of proxies and leaves by root, anchors, handshakes and the gate", async () => {
    const p = await pki;
    const report = rotationReport(federation(p));
    expect(rotationJson(report, undefined)).toMatchObject({
      version: 1,
      meshes: [
        {
          name: "west",
          phase: "add",
          next: 2,
          ca: "own",
          proxies: { running: 3, read: 2, unread: [{ pod: "apps/silent" }] },
          roots: [
            { sha256: p.old.root.sha256, use: "active", istiod: true, proxies: 2, leaves: 1 },
            { sha256: p.fresh.root.sha256, use: "next", istiod: true, proxies: 1, leaves: 0 },
            { sha256: p.east.root.sha256, use: "unpublished", istiod: false, proxies: 1, leaves: 1 },
          ],
          otherLeaves: 0,
          anchors: [{ sha256: p.east.anchor.sha256, peer: "east", permits: ["east.local"], proxies: 1 }],
          handshakes: [
            {
              mesh: "east",
              issuedUnder: [p.east.root.sha256],
              accepts: [p.old.root.sha256, p.east.root.sha256],
              count: 2,
            },
          ],
          handshakeFailures: [],
          gate: { next: "switch", open: false },
        },
      ],
      problems: ['mesh "south" is not up'],
      written: null,
    });
    expect(isOpen(report)).toBe(false);
    const codes = report.meshes[0]!.gate!.findings.map(({ code, subject }) => `${code} ${subject}`);
    expect(codes).toEqual([
      'rotation-proxy-unread mesh "west"',
      'rotation-root-missing mesh "west"',
      'rotation-peer-lacks-root mesh "east"',
    ]);
  });

  test("is a screen of 80 columns that cannot act in a terminal", async () => {
    const p = await pki;
    const screen = rotationScreen(rotationReport(federation(p)));
    expect(screen.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(screen).not.toContain("\u001b");
    for (const says of [
      /^MESH west: phase add, from root 1 to root 2, own; 2 of 3 proxies read$/m,
      new RegExp(`^${p.old.root.sha256.slice(0, 12)} CN=west 1 +active +yes +2 of 3 +1 of 3$`, "m"),
      new RegExp(`^${p.east.anchor.sha256.slice(0, 12)} east +east\\.local +\\d{4}-\\d\\d-\\d\\d +1 of 3$`, "m"),
      /^CLOSED {2}switch may not go yet$/m,
      /\[rotation-proxy-unread\]/,
      /^UNREAD {2}mesh "south" is not up$/m,
    ])
      expect(screen).toMatch(says);
  });

  test("names the command for an open gate, and a CA that is not rotated", async () => {
    const p = await pki;
    const rest = cluster("west", [p.old.root], [proxy("a", [p.old.root], p.old.chain)]);
    const configured = { phase: "none", next: undefined, provider: "own", root: 1 } as const;
    const other: OwnMesh = {
      name: "x",
      stack: "x",
      configured: { ...configured, provider: "external", root: undefined },
    };
    const report = rotationReport(
      federation(p, {
        own: [{ ...west, configured }, other],
        contracts: byName([contract("west", [["active", p.old.root]])]),
        clusters: new Map([["west", rest]]),
      }),
    );
    expect(isOpen(report)).toBe(true);
    const screen = rotationScreen(report).replace(/\s+/g, " ");
    expect(screen).toContain("OPEN add may go: `npm run rotate -- --mesh west --to add`");
    expect(screen).toContain(
      "MESH x: its CA is external, which this project does not rotate; its proxies are not read",
    );
  });
});

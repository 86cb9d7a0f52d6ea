import type { ContractRoot } from "../../../../federation/contract/contract.ts";
import type { CertificateFacts } from "../../../../federation/trust/certificate.ts";
import { quarantinePolicy } from "../../../../federation/trust/quarantinePolicy.ts";
import type { ProxyTraffic, QuarantineEvidence } from "../../../../verify/gather/quarantineEvidence.ts";
import { anExport, contract, identity } from "../../federation/fixtures.ts";
import type { Pki } from "../../federation/trust/rotationFixtures.ts";

export const root = ({ sha256, pem }: CertificateFacts): ContractRoot => ({ sha256, pem, use: "active" });
export const gateway = (address: string) => ({ gateways: [{ address, port: 15443 }] });
export const host = "httpbin.httpbin.svc.cluster.local";

export const imported = (mesh: string, address = "192.0.2.2") => ({
  ...{ name: "cart", from: mesh, meshes: [mesh], host: "cart.a.svc.cluster.local", namespace: "a", visibleTo: ["a"] },
  ports: [{ name: "http", number: 80, protocol: "HTTP" }],
  gateways: [{ mesh, address, port: 15443, network: `network-${mesh}`, locality: `${mesh}/1` }],
});

/** Contracts: east has west in quarantine and exports to north, and imports from it. */
export function contracts(p: Pki, change: Partial<Record<"east" | "west" | "north", object>> = {}) {
  const made = [
    contract("east", [anExport({ to: ["north"] }, "east.local")], {
      mesh: identity("east", {
        trustDomain: "east.local",
        roots: [root(p.east.root)],
        trusts: { north: [p.fresh.root.sha256] },
      }),
      imports: [imported("north", "192.0.2.3")],
      ...gateway("192.0.2.1"),
      quarantine: [{ mesh: "west", trustDomains: ["west.local"] }],
      ...change.east,
    }),
    contract("west", [], {
      mesh: identity("west", { trustDomain: "west.local", roots: [root(p.old.root)] }),
      ...gateway("192.0.2.2"),
      ...change.west,
    }),
    contract("north", [], {
      mesh: identity("north", { trustDomain: "north.local", roots: [root(p.fresh.root)] }),
      ...gateway("192.0.2.3"),
      ...change.north,
    }),
  ];
  return new Map(made.map((c) => [c.mesh.name, c]));
}

export const made = quarantinePolicy("west", ["west.local"], { own: "east.local", literal: true }, "istio-system");
export const rule = "ns[istio-system]-policy[quarantine-west]-rule[0]";
export const sidecar = (more: Partial<ProxyTraffic> = {}): ProxyTraffic => ({
  pod: "apps/a",
  endpoints: new Set(["192.0.2.3:15443", "10.0.0.1:8080"]),
  denials: new Map([[rule, '{"safe_regex":"spiffe://west\\\\.local/.*"}']]),
  ...more,
});
export const gatewayPod: ProxyTraffic = { pod: "istio-system/gw", endpoints: new Set(), denials: undefined };
export const exposes = (hosts: string[], managed = true) => [
  { object: "istio-system/export-httpbin", namespace: "istio-system", selector: {}, hosts, managed },
];

/** The anchor of north's root. */
const northAnchor = ({ fresh }: Pki): CertificateFacts => ({ ...fresh.anchor, permittedUris: ["north.local"] });

/** What is seen where west is cut off. */
export function cutOff(p: Pki, more: Partial<QuarantineEvidence> = {}): QuarantineEvidence {
  return {
    trust: [
      { pod: "apps/a", takesBundle: true, bundle: [p.east.root, northAnchor(p)], chain: p.east.chain },
      { pod: "istio-system/gw", takesBundle: true, bundle: [p.east.root], chain: p.east.chain },
    ],
    traffic: [sidecar(), gatewayPod],
    policies: [made],
    gateways: exposes([host]),
    calls: [],
    ...more,
  };
}

export interface Case {
  what: string;
  contracts?: Parameters<typeof contracts>[1] | ((p: Pki) => Parameters<typeof contracts>[1]);
  seen?: (p: Pki) => Partial<QuarantineEvidence>;
  says?: RegExp;
}
export const holds = (p: Pki, ...bundle: CertificateFacts[]): Partial<QuarantineEvidence> => ({
  trust: [{ pod: "apps/a", takesBundle: true, bundle: [p.east.root, ...bundle], chain: p.east.chain }],
});

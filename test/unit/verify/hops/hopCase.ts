import type { EnvoyEndpoint } from "../../../../kube/envoy.ts";
import type { Edge } from "../../../../verify/edge.ts";
import type { Answer, ClientHelloResult, Evidence } from "../../../../verify/evidence.ts";
import type { HopId } from "../../../../verify/hops/registry.ts";
import { edge, passingAnswer, peerSide } from "../fixtures.ts";

/** Evidence that differs from passing evidence, and the hop that fails with it. */
export interface FailingCase {
  what: string;
  evidence: Partial<Evidence>;
  hop: HopId;
  says: RegExp;
  remedy: RegExp;
  edge?: Partial<Edge>;
  inferred?: boolean;
}

export const connectOnly: Edge = { ...edge, probe: { kind: "tcp" }, declared: false };

/** The gateway's endpoint after the call, with some counters that differ from those before it. */
export const counted = (more: Partial<EnvoyEndpoint>): EnvoyEndpoint[] => [
  { address: "192.0.2.1:15443", health: "HEALTHY", requests: 4, connections: 1, ...more },
];

export const tcpPort: Partial<Edge> = {
  probe: { kind: "tcp" },
  port: { name: "tcp", number: 9000, protocol: "TCP" },
  gateways: [{ mesh: "west", address: "gw.example", port: 15443 }],
};

export const unresolvable: ClientHelloResult = {
  mesh: "west",
  address: "gw.example",
  port: 15443,
  sni: "x",
  outcome: "unreachable",
  detail: "ENOTFOUND",
};

const failing: Answer = { ...passingAnswer, passed: false };
export const closed: Answer = { ...failing, status: undefined, headers: {}, echoed: {}, problem: "closed" };
export const unresolved: Answer = {
  ...failing,
  address: undefined,
  unresolved: true,
  status: undefined,
  echoed: {},
  problem: "(6) Could not resolve host",
};
export const denied: Answer = { ...failing, status: 403, headers: {}, echoed: {}, body: "RBAC: access denied" };

export const head: Partial<Edge> = { probe: { kind: "http", method: "HEAD", path: "/" } };

/** The peer's side with a policy that can deny. */
export const denying = { ...peerSide, policies: ["DENY httpbin/refuse"] };
export const day = 86_400_000;

import type { Edge } from "../../../../verify/edge.ts";
import type { Evidence } from "../../../../verify/evidence.ts";
import { config, edge, passingAnswer, passingEvidence, peerSide, shows, unreachable } from "../fixtures.ts";
import { connectOnly } from "./hopCase.ts";

/** Evidence with which no hop fails. */
export const passingCases: { what: string; evidence?: Partial<Evidence>; edge?: Partial<Edge> }[] = [
  { what: "no failure" },
  { what: "everything read", evidence: { config, peerSides: [peerSide] } },
  {
    what: "connect only",
    edge: connectOnly,
    evidence: { answer: { ...passingAnswer, status: undefined, headers: {}, echoed: {} }, config },
  },
  { what: "a gateway that only the client reaches", evidence: { clientHellos: [unreachable] } },
  {
    what: "a gateway that only the client reaches, and connects to",
    evidence: { clientHellos: [unreachable], fromClient: { "192.0.2.1:15443": true } },
  },
  {
    what: "a sidecar that blocks unknown hosts, on an earlier connection",
    evidence: { clientHellos: [unreachable], fromClient: { "192.0.2.1:15443": false }, blocksUnknownHosts: true },
  },
  {
    what: "a call that opened a connection, and a client that gets none afterwards",
    evidence: {
      clientHellos: [unreachable],
      fromClient: { "192.0.2.1:15443": false },
      endpoints: [{ address: "192.0.2.1:15443", health: "HEALTHY", requests: 5, connections: 2 }],
    },
  },
  {
    what: "a certificate from behind a gateway without a filter chain in its configuration",
    evidence: { peerSides: [{ ...peerSide, chain: false, passthrough: [] }] },
  },
  {
    what: "one of two gateways unreachable",
    edge: { gateways: [...edge.gateways, { mesh: "west", address: "192.0.2.2", port: 15443 }] },
    evidence: {
      published: undefined,
      endpoints: ["192.0.2.1:15443", "192.0.2.2:15443"].map((address) => ({
        address,
        health: "HEALTHY",
        requests: 1,
        connections: 1,
      })),
      clientHellos: [shows(), unreachable],
    },
  },
  {
    what: "a gateway's name with addresses that only the sidecar knows",
    edge: { gateways: [{ mesh: "west", address: "gw.example", port: 15443 }] },
    evidence: { published: [{ mesh: "west", address: "gw.example", port: 15443 }] },
  },
  {
    what: "an IPv6 gateway",
    edge: { gateways: [{ mesh: "west", address: "2001:db8::1", port: 15443 }] },
    evidence: {
      published: undefined,
      endpoints: [{ address: "[2001:db8::1]:15443", health: "HEALTHY", requests: 1, connections: 1 }],
    },
  },
  {
    what: "a blended host that also has local endpoints",
    edge: { blended: true },
    evidence: {
      endpoints: [
        ...(passingEvidence.endpoints as []),
        { address: "10.10.0.4:8080", health: "HEALTHY", requests: 1, connections: 1 },
      ],
    },
  },
  {
    what: "a policy that allows the client",
    evidence: { peerSides: [{ ...peerSide, policies: ["ALLOW httpbin/some"] }] },
  },
];

import type { ClientHelloResult } from "../../../../verify/evidence.ts";
import { config, peerSide, passingAnswer, sidecarError, grpcSidecarError, unreachable } from "../fixtures.ts";
import { connectOnly, counted, closed, type FailingCase } from "./hopCase.ts";

/** Failures of the hop tcp. */
export const tcpCases: FailingCase[] = [
  {
    what: "a gateway that refuses connections",
    evidence: { answer: sidecarError("delayed connect error: Connection refused"), clientHellos: [unreachable] },
    hop: "tcp",
    says: /connection refused/,
    remedy: /Service/,
  },
  {
    what: "a gateway that only earlier connections reach",
    evidence: { clientHellos: [unreachable], fromClient: { "192.0.2.1:15443": false } },
    hop: "tcp",
    says: /opened earlier/,
    remedy: /Service/,
  },
  {
    what: "a gateway that refuses here before the client's sidecar notices",
    evidence: {
      answer: sidecarError("remote connection failure"),
      clientHellos: [unreachable],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "tcp",
    says: /ECONNREFUSED/,
    remedy: /Service/,
  },
  {
    what: "a gateway where connections hang",
    evidence: {
      answer: { ...closed, problem: "(28) Operation timed out" },
      clientHellos: [unreachable],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "tcp",
    says: /no connection to/,
    remedy: /firewalls/,
  },
  {
    what: "a gateway that only an earlier connection reaches, with an application error",
    evidence: {
      answer: { ...passingAnswer, passed: false, status: 500 },
      clientHellos: [unreachable],
      fromClient: { "192.0.2.1:15443": false },
    },
    hop: "tcp",
    says: /opened earlier/,
    remedy: /Service/,
  },
  {
    what: "a firewall that blocks only the client",
    evidence: { answer: sidecarError("connection timeout") },
    hop: "tcp",
    says: /client's sidecar gets no connection to 192\.0\.2\.1:15443 \("connection timeout"\), although this machine gets one/,
    remedy: /firewalls between the nodes of east.*NetworkPolicies on namespace sleep/,
  },
  {
    what: "a firewall that blocks only the client, with an older Envoy's error number",
    evidence: {
      answer: sidecarError("remote connection failure, transport failure reason: delayed connect error: 111"),
    },
    hop: "tcp",
    says: /connect error: 111/,
    remedy: /firewalls/,
  },
  {
    what: "a firewall where the client's connections hang longer than the call",
    evidence: { answer: { ...closed, problem: "(28) Operation timed out" }, endpoints: counted({}) },
    hop: "tcp",
    says: /no connection .* was ready in time, although/,
    remedy: /firewalls/,
  },
  {
    what: "a firewall that refuses the client's TCP",
    edge: { probe: { kind: "tcp" } },
    evidence: { answer: closed, endpoints: counted({ failures: 1 }) },
    hop: "tcp",
    says: /connections of the client's sidecar to 192\.0\.2\.1:15443 fail/,
    remedy: /firewalls/,
  },
  {
    what: "a firewall between a blended call and the gateway",
    edge: { blended: true },
    evidence: { answer: sidecarError("connection timeout"), endpoints: counted({ failures: 1 }) },
    hop: "tcp",
    says: /no connection to 192\.0\.2\.1/,
    remedy: /firewalls/,
  },
  {
    what: "a gateway that neither the client's sidecar nor this machine reaches",
    evidence: {
      answer: sidecarError("connection timeout"),
      clientHellos: [{ ...unreachable, detail: "no connection within 3 s" } as ClientHelloResult],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "tcp",
    says: /connection timeout/,
    remedy: /firewalls/,
  },
  {
    what: "a gateway without pods",
    evidence: {
      answer: sidecarError("connection timeout"),
      clientHellos: [unreachable],
      peerSides: [{ ...peerSide, gatewayPods: { ready: 0, total: 1 }, chain: undefined }],
    },
    hop: "tcp",
    says: /connection timeout/,
    remedy: /no ready gateway pod/,
  },
  {
    what: "a gateway whose pods never accepted their configuration",
    evidence: {
      answer: sidecarError("connection timeout"),
      clientHellos: [unreachable],
      peerSides: [
        {
          ...peerSide,
          gatewayPods: { ready: 0, total: 1 },
          chain: undefined,
          rejected: [{ name: "0.0.0.0_15443", details: "multiple filter chains", active: false }],
        },
      ],
    },
    hop: "tcp",
    says: /no ready gateway pod.*0\.0\.0\.0_15443 and does not listen there \(multiple filter chains\)/,
    remedy: /Gateway object/,
  },
  {
    what: "an unreachable gateway, connect only",
    edge: connectOnly,
    evidence: { answer: closed, config, clientHellos: [unreachable] },
    hop: "tcp",
    says: /ECONNREFUSED/,
    remedy: /firewalls/,
  },
  {
    what: "a gateway that refuses a gRPC call's connection",
    edge: { probe: { kind: "grpc" } },
    evidence: { answer: grpcSidecarError("delayed connect error: Connection refused"), clientHellos: [unreachable] },
    hop: "tcp",
    says: /connection refused/,
    remedy: /Service/,
  },
];

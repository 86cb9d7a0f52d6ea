import { peerSide, passingAnswer, sidecarError, grpcSidecarError, reset, unreachable } from "../fixtures.ts";
import { counted, tcpPort, unresolvable, closed, denied, denying, head, type FailingCase } from "./hopCase.ts";

/** Failures of the hop target. */
export const targetCases: FailingCase[] = [
  {
    what: "an application where a call hangs",
    evidence: { answer: { ...closed, problem: "(28) Operation timed out" }, endpoints: counted({ requests: 5 }) },
    hop: "target",
    says: /without an answer/,
    remedy: /application/,
  },
  {
    what: "a blended call whose local server refuses",
    edge: { blended: true },
    evidence: {
      answer: sidecarError("delayed connect error: Connection refused"),
      endpoints: [
        ...counted({}),
        { address: "10.10.0.4:8080", health: "HEALTHY", requests: 1, connections: 0, failures: 2 },
      ],
    },
    hop: "target",
    says: /Connection refused/,
    remedy: /application/,
  },
  {
    what: "an application's own 500 through a gateway that refuses this machine",
    evidence: {
      answer: { ...passingAnswer, passed: false, status: 500 },
      clientHellos: [unreachable],
      fromClient: { "192.0.2.1:15443": true },
    },
    hop: "target",
    says: /answered 500/,
    remedy: /probe/,
  },
  {
    what: "a policy on a TCP port behind a gateway's name that this machine cannot resolve",
    edge: tcpPort,
    evidence: {
      answer: closed,
      clientHellos: [unresolvable],
      fromClient: { "gw.example:15443": true },
      published: undefined,
      peerSides: [{ ...peerSide, chain: true, endpoints: [], service: { ...peerSide.service, ready: 0 } }],
    },
    hop: "target",
    says: /no ready pod/,
    remedy: /start pods/,
  },
  {
    what: "an application's own 403 to HEAD, with a policy",
    edge: head,
    evidence: { answer: { ...denied, body: "", headers: { "content-length": "7" } }, peerSides: [denying] },
    hop: "target",
    says: /answered 403/,
    remedy: /probe/,
  },
  {
    what: "an application's own 403 to HEAD without a length",
    edge: head,
    evidence: { answer: { ...denied, body: "" } },
    hop: "target",
    says: /answered 403/,
    remedy: /probe/,
  },
  {
    what: "a gRPC call that ends behind the handshake",
    edge: { probe: { kind: "grpc" } },
    evidence: { answer: grpcSidecarError("connection termination") },
    hop: "target",
    says: /ends without an answer \(upstream connect error.*connection termination\)/,
    remedy: /policies/,
  },
  {
    what: "a gRPC server whose own sidecar gets no connection to it",
    edge: { probe: { kind: "grpc" } },
    evidence: {
      answer: {
        ...grpcSidecarError("delayed connect error: 111"),
        headers: { "x-envoy-upstream-service-time": "1", "grpc-message": "delayed connect error: 111" },
      },
    },
    hop: "target",
    says: /answered status 14/,
    remedy: /service itself/,
  },
  {
    what: "no pod behind the service, seen from the exporter",
    evidence: {
      answer: sidecarError("remote connection failure"),
      clientHellos: [reset],
      peerSides: [{ ...peerSide, endpoints: [], service: { ...peerSide.service, ready: 0, total: 0 } }],
    },
    hop: "target",
    says: /no ready pod serves.*0 pods/,
    remedy: /start pods/,
    inferred: false,
  },
  {
    what: "an application that accepts no connections",
    evidence: {
      answer: { ...sidecarError("delayed connect error: 111"), headers: { "x-envoy-upstream-service-time": "1" } },
    },
    hop: "target",
    says: /answered 503, expected 200.*target port/,
    remedy: /application/,
    inferred: true,
  },
  {
    what: "an application's own 500",
    evidence: { answer: { ...passingAnswer, passed: false, status: 500 } },
    hop: "target",
    says: /answered 500, expected 200/,
    remedy: /probe/,
  },
  {
    what: "an application's own 403",
    evidence: { answer: { ...passingAnswer, passed: false, status: 403, body: "sign in" } },
    hop: "target",
    says: /answered 403/,
    remedy: /probe/,
  },
  {
    what: "a gRPC server that is not serving",
    edge: { probe: { kind: "grpc" } },
    evidence: { answer: { ...passingAnswer, passed: false, grpc: { status: 0, serving: false } } },
    hop: "target",
    says: /not SERVING/,
    remedy: /service/,
  },
];

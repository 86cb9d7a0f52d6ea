import { passingAnswer } from "../fixtures.ts";
import { connectOnly, closed, denied, denying, head, type FailingCase } from "./hopCase.ts";

/** Failures of the hop authorization. */
export const authorizationCases: FailingCase[] = [
  {
    what: "a denied caller, seen from the importer",
    evidence: { answer: denied },
    hop: "authorization",
    says: /denies sleep\/sleep \(403/,
    remedy: /callers/,
    inferred: true,
  },
  {
    what: "a denied caller, seen from the exporter",
    evidence: { answer: denied, peerSides: [denying] },
    hop: "authorization",
    says: /denies sleep\/sleep/,
    remedy: /DENY httpbin\/refuse in west/,
    inferred: false,
  },
  {
    what: "a denied HEAD, by its content length",
    edge: head,
    evidence: { answer: { ...denied, body: "", headers: { "content-length": "19" } } },
    hop: "authorization",
    says: /denies sleep\/sleep/,
    remedy: /callers/,
  },
  {
    what: "a denied HEAD without a length, by the exporter's policies",
    edge: head,
    evidence: { answer: { ...denied, body: "" }, peerSides: [denying] },
    hop: "authorization",
    says: /denies sleep\/sleep/,
    remedy: /DENY httpbin\/refuse in west/,
  },
  {
    what: "a denied caller of a TCP port",
    edge: { ...connectOnly, declared: true, port: { name: "tcp", number: 9000, protocol: "TCP" } },
    evidence: { answer: closed, peerSides: [denying] },
    hop: "authorization",
    says: /resets the connection/,
    remedy: /DENY httpbin\/refuse/,
  },
  {
    what: "a denied gRPC caller",
    edge: { probe: { kind: "grpc" } },
    evidence: {
      answer: {
        ...passingAnswer,
        passed: false,
        grpc: { status: 7, serving: false },
        headers: { "grpc-message": "RBAC: access denied" },
      },
    },
    hop: "authorization",
    says: /PERMISSION_DENIED/,
    remedy: /callers/,
  },
];

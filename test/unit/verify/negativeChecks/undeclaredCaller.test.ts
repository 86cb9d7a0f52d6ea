import { undeclaredCallerCheck } from "../../../../verify/negativeChecks/registry.ts";
import { checkUndeclaredCaller } from "../../../../verify/negativeChecks/undeclaredCaller.ts";
import type { Edge } from "../../../../verify/edge.ts";
import type { Answer, Evidence } from "../../../../verify/evidence.ts";
import { edge, passingAnswer, passingEvidence, sidecarError, reset } from "../fixtures.ts";

const access = { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} };
const tcpEdge: Edge = { ...edge, port: { name: "tcp", number: 9001, protocol: "TCP" }, probe: { kind: "tcp" } };
const meets = (answer: Answer): Evidence => ({ ...passingEvidence, answer });
const denial: Answer = { ...passingAnswer, passed: false, status: 403, body: "RBAC: access denied", echoed: {} };
const open: Answer = { ...passingAnswer, status: undefined, headers: {}, body: "", echoed: {} };
const closed: Answer = { ...open, passed: false, problem: "Recv failure" };
const unresolved: Answer = { ...closed, address: undefined, unresolved: true, problem: "Could not resolve host" };

describe("an undeclared caller", () => {
  test.each<{ what: string; of?: Edge; met: Evidence[]; state: string; calls: number; says?: RegExp }>([
    { what: "is denied", met: [meets(denial)], state: "passed", calls: 1 },
    {
      what: "is denied through a gateway that resets a ClientHello meanwhile",
      met: [{ ...meets(denial), clientHellos: [reset] }],
      state: "passed",
      calls: 1,
    },
    {
      what: "is denied as soon as the policy is everywhere",
      met: [meets(passingAnswer), meets(denial)],
      state: "passed",
      calls: 2,
    },
    {
      what: "resolves the name only later",
      met: [meets(unresolved), meets(denial)],
      state: "passed",
      calls: 2,
    },
    {
      what: "is always allowed",
      met: [meets(passingAnswer), meets(passingAnswer)],
      state: "failed",
      calls: 2,
      says: /got status 200$/,
    },
    {
      what: "is allowed by Istio, and finds nothing",
      met: [
        meets({ ...passingAnswer, passed: false, status: 404 }),
        meets({ ...passingAnswer, passed: false, status: 404 }),
      ],
      state: "failed",
      calls: 2,
    },
    {
      what: "does not arrive",
      met: [meets(sidecarError("x")), meets(sidecarError("x"))],
      state: "unknown",
      calls: 2,
      says: /did not arrive at the serving workload, so the check is not conclusive/,
    },
    {
      what: "has no pod",
      met: [
        { ...passingEvidence, client: { failure: "no probe pod: no quota" }, answer: undefined },
        { ...passingEvidence, client: { failure: "no probe pod: no quota" }, answer: undefined },
      ],
      state: "unknown",
      calls: 2,
      says: /got no probe pod: no quota/,
    },
    {
      what: "only opens a TCP connection",
      of: tcpEdge,
      met: [meets(open)],
      state: "unknown",
      calls: 1,
      says: /when data is sent on it/,
    },
    { what: "is reset over TCP", of: tcpEdge, met: [meets(closed), meets(closed)], state: "unknown", calls: 2 },
  ])("that $what: $state", async ({ of = edge, met, state, calls, says }) => {
    let called = 0;
    const control = of === tcpEdge ? meets(open) : passingEvidence;
    const result = await checkUndeclaredCaller(
      undeclaredCallerCheck,
      { edge: of, access },
      1200,
      async () => ({ failure: "not found" }),
      async ({ client }) => (client.serviceAccount === "default" ? met[called++]! : control),
    );
    expect([result.state, called]).toEqual([state, calls]);
    expect(result.evidence).toMatch(says ?? /is not among the export's callers/);
  });
});

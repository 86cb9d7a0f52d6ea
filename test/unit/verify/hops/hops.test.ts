import type { Edge } from "../../../../verify/edge.ts";
import type { ClientHelloResult, Evidence } from "../../../../verify/evidence.ts";
import { checkHops, firstFailed, hops } from "../../../../verify/hops/registry.ts";
import { checkTarget } from "../../../../verify/hops/target.ts";
import { checkTcp } from "../../../../verify/hops/tcp.ts";
import { edge, passingAnswer, passingEvidence, sidecarError, unreachable } from "../fixtures.ts";
import { authorizationCases } from "./authorization.cases.ts";
import { clientSideCases } from "./clientSide.cases.ts";
import { gatewayCases } from "./gateway.cases.ts";
import { closed, connectOnly, tcpPort, unresolvable } from "./hopCase.ts";
import { passingCases } from "./passing.cases.ts";
import { targetCases } from "./target.cases.ts";
import { tcpCases } from "./tcp.cases.ts";

const failingCases = [...clientSideCases, ...tcpCases, ...gatewayCases, ...authorizationCases, ...targetCases];

describe("all hops", () => {
  test("are checked in the order of the registry, each with its code and page", () => {
    const results = checkHops(edge, passingEvidence);
    expect(results.map(({ hop, code, page }) => ({ hop, code, page }))).toEqual(
      hops.map(({ id, code, page }) => ({ hop: id, code, page })),
    );
    expect(hops.map(({ id }) => id)).toEqual([
      "client",
      "dns",
      "listener",
      "endpoint",
      "tcp",
      "sni",
      "tls",
      "authorization",
      "target",
    ]);
  });

  test("have a failing case each", () =>
    expect(hops.filter(({ id }) => failingCases.every(({ hop }) => hop !== id))).toEqual([]));

  test.each(failingCases)("$what fails hop $hop", ({ evidence, hop, says, remedy, edge: more, inferred }) => {
    const result = firstFailed(checkHops({ ...edge, ...more }, { ...passingEvidence, ...evidence }));
    expect([result?.hop, result?.code, result?.evidence]).toEqual([hop, `hop-${hop}`, expect.stringMatching(says)]);
    expect(result!.remedy).toMatch(remedy);
    if (inferred !== undefined)
      expect([result!.inferred, result!.seenFrom]).toEqual([inferred, inferred ? "east" : "west"]);
  });

  test.each(passingCases)("none fails with $what", ({ evidence, edge: more }) => {
    const results = checkHops({ ...edge, ...more }, { ...passingEvidence, ...evidence });
    expect(results.filter(({ state }) => state === "failed")).toEqual([]);
  });
});

const timedOut: ClientHelloResult = { ...unreachable, outcome: "unreachable", detail: "no connection within 3 s" };

describe("TCP to a gateway that this machine does not reach", () => {
  test.each<{ what: string; evidence: Partial<Evidence>; edge?: Partial<Edge>; state: string; says: RegExp }>([
    {
      what: "the call arrives, and this machine reaches nothing",
      evidence: { clientHellos: [unreachable] },
      state: "passed",
      says: /call arrived; 192\.0\.2\.1:15443 \(ECONNREFUSED\) cannot be reached from this machine/,
    },
    {
      what: "the call fails, and the client's sidecar blocks unknown hosts",
      evidence: {
        answer: sidecarError("remote connection failure"),
        clientHellos: [timedOut],
        fromClient: { "192.0.2.1:15443": false },
        blocksUnknownHosts: true,
      },
      state: "unknown",
      says: /is unknown/,
    },
    {
      what: "the call fails, and this machine does not resolve the name",
      evidence: { answer: sidecarError("remote connection failure"), clientHellos: [unresolvable] },
      state: "unknown",
      says: /gw\.example:15443 \(this machine cannot resolve it\)/,
    },
    {
      what: "a TCP call is reset, although the client connects",
      edge: tcpPort,
      evidence: { answer: closed, clientHellos: [unresolvable], fromClient: { "gw.example:15443": true } },
      state: "unknown",
      says: /this machine cannot resolve it.*the client gets a connection/,
    },
    {
      what: "a TCP call is reset, and only the client connects",
      edge: tcpPort,
      evidence: { answer: closed, clientHellos: [timedOut], fromClient: { "192.0.2.1:15443": true } },
      state: "unknown",
      says: /the client gets a connection/,
    },
    {
      what: "a TCP call is reset, and the client gets no connection either",
      edge: tcpPort,
      evidence: { answer: closed, clientHellos: [timedOut], fromClient: { "192.0.2.1:15443": false } },
      state: "failed",
      says: /no connection to/,
    },
  ])("$state where $what", ({ evidence, edge: more, state, says }) => {
    const result = checkTcp({ ...edge, ...more }, { ...passingEvidence, ...evidence });
    expect([result.state, result.evidence]).toEqual([state, expect.stringMatching(says)]);
  });
});

describe("the target of a port that is only connected to", () => {
  test.each([
    { protocol: "HTTP", state: "unknown" },
    { protocol: "HTTP2", state: "unknown" },
    { protocol: "GRPC", state: "unknown" },
    { protocol: "TCP", state: "passed" },
  ] as const)("is $state for $protocol", ({ protocol, state }) => {
    const answer = { ...passingAnswer, status: undefined, headers: {}, echoed: {} };
    const connected = { ...edge, ...connectOnly, port: { ...edge.port, protocol } };
    expect(checkTarget(connected, { ...passingEvidence, answer }).state).toBe(state);
  });
});

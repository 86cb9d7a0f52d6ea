import type { Evidence } from "../../../verify/evidence.ts";
import { checkEdge } from "../../../verify/checkEdge.ts";
import { identify, notObservable } from "../../../verify/identity.ts";
import type { ErrorCode } from "../../../federation/errors/catalogue/index.ts";
import { edge, passingAnswer, passingEvidence, httpbin, sidecarError, shows } from "./fixtures.ts";

const known = ["east", "west", "south"];

describe("the identities of a call", () => {
  test("come from certificate and CA for the server, and from the echo for the caller", () => {
    expect(identify(edge, passingEvidence, known)).toEqual({
      mesh: "west",
      workload: httpbin,
      upstream: ["192.0.2.1:15443"],
      caller: "spiffe://cluster.local/ns/sleep/sa/sleep",
      problems: [],
    });
  });

  test("expect the client's own SPIFFE id where it has another than its account's", () => {
    const spiffeId = "spiffe://cluster.local/workload/sleep";
    const own = { ...edge, client: { ...edge.client, spiffeId } };
    const codes = (uri: string) => {
      const echoed = { "X-Forwarded-Client-Cert": `By=${httpbin};URI=${uri}` };
      const answer = { ...passingAnswer, echoed };
      return identify(own, { ...passingEvidence, answer }, known).problems.map(({ code }) => code);
    };
    expect([codes(spiffeId), codes("spiffe://cluster.local/ns/sleep/sa/sleep")]).toEqual([
      [],
      ["edge-caller-identity"],
    ]);
  });

  test("leave the caller not observable without an echo", () => {
    const result = checkEdge(edge, { ...passingEvidence, answer: { ...passingAnswer, echoed: {} } }, known);
    expect([result.identities.caller, result.passed]).toEqual([notObservable, true]);
  });

  test.each<{ what: string; evidence: Partial<Evidence>; code: ErrorCode; says: RegExp }>([
    {
      what: "a workload of another known mesh",
      evidence: { clientHellos: [shows({ issuerLocality: "south" })] },
      code: "edge-server-identity",
      says: /mesh "south" answers/,
    },
    {
      what: "a CA that is not the gateway's",
      evidence: {
        issuers: { west: "bb" },
        clientHellos: [shows({ issuerLocality: undefined, issuerFingerprint: "cc" })],
      },
      code: "edge-server-identity",
      says: /another CA/,
    },
    {
      what: "another caller than the client",
      evidence: {
        answer: {
          ...passingAnswer,
          echoed: { "X-Forwarded-Client-Cert": `By=${httpbin};URI=spiffe://cluster.local/ns/a/sa/b` },
        },
      },
      code: "edge-caller-identity",
      says: /arrived as spiffe:\/\/cluster.local\/ns\/a\/sa\/b, expected .*sleep/,
    },
    {
      what: "another server than the pinned one in the echo",
      evidence: {
        answer: {
          ...passingAnswer,
          echoed: { "X-Forwarded-Client-Cert": "By=spiffe://x;URI=spiffe://cluster.local/ns/sleep/sa/sleep" },
        },
      },
      code: "edge-server-identity",
      says: /spiffe:\/\/x answered, expected/,
    },
  ])("fail the edge for $what although the call passed", ({ evidence, code, says }) => {
    const result = checkEdge(edge, { ...passingEvidence, ...evidence }, known);
    expect(result.passed).toBe(false);
    expect(result.problems).toEqual([expect.objectContaining({ code, problem: expect.stringMatching(says) })]);
  });

  test("include the CA of the peer's gateway where the certificate does not show it", () => {
    const clientHellos = [shows({ issuerLocality: undefined, issuerFingerprint: "dd" })];
    expect(identify(edge, { ...passingEvidence, clientHellos, issuers: { west: "dd" } }, known).mesh).toBe("west");
    expect(identify(edge, { ...passingEvidence, clientHellos }, known).mesh).toBe(notObservable);
  });

  test("have a problem when the call fails and no hop does", () => {
    const result = checkEdge(edge, { ...passingEvidence, answer: sidecarError("overflow"), clientHellos: [] }, known);
    expect([result.passed, result.failedHop]).toEqual([false, undefined]);
    expect(result.problems).toEqual([
      expect.objectContaining({ code: "edge-call-failed", problem: expect.stringContaining("status 503") }),
    ]);
  });
});

const blended = { ...edge, blended: true };

const shop = "spiffe://cluster.local/ns/shop/sa/local-shop";

const local = {
  ...passingAnswer,
  echoed: { "X-Forwarded-Client-Cert": `By=${shop};URI=spiffe://cluster.local/ns/sleep/sa/sleep` },
};

const counters = (gateway: number, local: number) => [
  { address: "192.0.2.1:15443", health: "HEALTHY", requests: gateway, connections: 1 },
  { address: "10.10.0.4:8080", health: "HEALTHY", requests: local, connections: 1 },
];

describe("the mesh that serves a blended host", () => {
  test.each([
    { what: "before", evidence: { before: undefined, endpoints: counters(4, 8) } },
    {
      what: "after",
      evidence: { before: counters(4, 7), endpoints: { failure: "the connection to the pod ended early" } },
    },
  ])("is not observable without the counters $what the call", ({ evidence }) => {
    const result = checkEdge(
      blended,
      { ...passingEvidence, answer: { ...passingAnswer, echoed: {} }, ...evidence } as Evidence,
      known,
    );
    expect(result.identities).toMatchObject({ mesh: notObservable, workload: notObservable, upstream: [] });
    expect(result.passed).toBe(true);
  });

  test.each([
    { what: "its own mesh", answer: local, endpoints: counters(4, 8), mesh: "east", workload: shop, passed: true },
    {
      what: "its own mesh, without an echo",
      answer: { ...passingAnswer, echoed: {} },
      endpoints: counters(4, 8),
      mesh: "east",
      workload: notObservable,
      passed: true,
    },
    {
      what: "the other mesh",
      answer: passingAnswer,
      endpoints: counters(5, 7),
      mesh: "west",
      workload: httpbin,
      passed: true,
    },
    {
      what: "the other mesh, by a workload that is not pinned",
      answer: local,
      endpoints: counters(5, 7),
      mesh: "west",
      workload: httpbin,
      passed: false,
    },
    {
      what: "either, while others called as well",
      answer: local,
      endpoints: counters(5, 8),
      mesh: "east, west",
      workload: `${httpbin}, ${shop}`,
      passed: true,
    },
  ])("is by the endpoint in use $what", ({ answer, endpoints, mesh, workload, passed }) => {
    const result = checkEdge(blended, { ...passingEvidence, answer, before: counters(4, 7), endpoints }, known);
    expect([result.identities.mesh, result.identities.workload, result.passed]).toEqual([mesh, workload, passed]);
  });
});

import type { Evidence } from "../../../verify/evidence.ts";
import { judgeEdge } from "../../../verify/judgeEdge.ts";
import { identify, notObservable } from "../../../verify/identity.ts";
import { edge, goodAnswer, goodEvidence, httpbin, ownError, shows } from "./fixtures.ts";

const known = ["east", "west", "south"];

test("both ends are named: the server by its certificate and CA, the caller by the echo", () => {
  expect(identify(edge, goodEvidence, known)).toEqual({
    mesh: "west",
    workload: httpbin,
    upstream: ["192.0.2.1:15443"],
    caller: "spiffe://cluster.local/ns/sleep/sa/sleep",
    problems: [],
  });
});

test("a caller that the target does not echo is not observable, and no fault", () => {
  const result = judgeEdge(edge, { ...goodEvidence, answer: { ...goodAnswer, echoed: {} } }, known);
  expect([result.identities.caller, result.good]).toEqual([notObservable, true]);
});

test.each([
  {
    what: "a workload of another known mesh",
    evidence: { hellos: [shows({ issuerLocality: "south" })] },
    says: /mesh "south" answers/,
  },
  {
    what: "a CA that is not the gateway's",
    evidence: { issuers: { west: "bb" }, hellos: [shows({ issuerLocality: undefined, issuerFingerprint: "cc" })] },
    says: /another CA/,
  },
  {
    what: "a caller that arrives as another",
    evidence: {
      answer: {
        ...goodAnswer,
        echoed: { "X-Forwarded-Client-Cert": `By=${httpbin};URI=spiffe://cluster.local/ns/a/sa/b` },
      },
    },
    says: /arrived as spiffe:\/\/cluster.local\/ns\/a\/sa\/b, expected .*sleep/,
  },
  {
    what: "another server than the pinned one in the echo",
    evidence: {
      answer: {
        ...goodAnswer,
        echoed: { "X-Forwarded-Client-Cert": "By=spiffe://x;URI=spiffe://cluster.local/ns/sleep/sa/sleep" },
      },
    },
    says: /spiffe:\/\/x answered, expected/,
  },
])("$what fails the edge although the call worked", ({ evidence, says }) => {
  const result = judgeEdge(edge, { ...goodEvidence, ...evidence }, known);
  expect([result.good, result.problems.join()]).toEqual([false, expect.stringMatching(says)]);
});

test("the peer's own gateway tells its CA where nothing in the certificate does", () => {
  const hellos = [shows({ issuerLocality: undefined, issuerFingerprint: "dd" })];
  expect(identify(edge, { ...goodEvidence, hellos, issuers: { west: "dd" } }, known).mesh).toBe("west");
  expect(identify(edge, { ...goodEvidence, hellos }, known).mesh).toBe(notObservable);
});

test("a call that fails with every hop good is still a failure, and says so", () => {
  const result = judgeEdge(edge, { ...goodEvidence, answer: ownError("overflow"), hellos: [] }, known);
  expect([result.good, result.broken, result.problems.join()]).toEqual([
    false,
    undefined,
    expect.stringContaining("no hop shows why"),
  ]);
});

const blended = { ...edge, blended: true };
const shop = "spiffe://cluster.local/ns/shop/sa/local-shop";
const atHome = {
  ...goodAnswer,
  echoed: { "X-Forwarded-Client-Cert": `By=${shop};URI=spiffe://cluster.local/ns/sleep/sa/sleep` },
};
const counters = (gateway: number, local: number) => [
  { address: "192.0.2.1:15443", health: "HEALTHY", requests: gateway, connections: 1 },
  { address: "10.10.0.4:8080", health: "HEALTHY", requests: local, connections: 1 },
];

test.each([
  { what: "before", evidence: { before: undefined, endpoints: counters(4, 8) } },
  {
    what: "after",
    evidence: { before: counters(4, 7), endpoints: { failure: "the connection to the pod ended early" } },
  },
])("a blended host is served nobody knows where if the counters could not be read $what the call", ({ evidence }) => {
  const result = judgeEdge(
    blended,
    { ...goodEvidence, answer: { ...goodAnswer, echoed: {} }, ...evidence } as Evidence,
    known,
  );
  expect(result.identities).toMatchObject({ mesh: notObservable, workload: notObservable, upstream: [] });
  expect(result.good).toBe(true);
});

test.each([
  { what: "its own mesh", answer: atHome, endpoints: counters(4, 8), mesh: "east", workload: shop, good: true },
  {
    what: "its own mesh, without an echo",
    answer: { ...goodAnswer, echoed: {} },
    endpoints: counters(4, 8),
    mesh: "east",
    workload: notObservable,
    good: true,
  },
  {
    what: "the other mesh",
    answer: goodAnswer,
    endpoints: counters(5, 7),
    mesh: "west",
    workload: httpbin,
    good: true,
  },
  {
    what: "the other mesh, by another than the pinned one",
    answer: atHome,
    endpoints: counters(5, 7),
    mesh: "west",
    workload: httpbin,
    good: false,
  },
  {
    what: "either, while others called, too",
    answer: atHome,
    endpoints: counters(5, 8),
    mesh: "east, west",
    workload: `${httpbin}, ${shop}`,
    good: true,
  },
])(
  "a blended host is served in $what, by the endpoint that was used",
  ({ answer, endpoints, mesh, workload, good }) => {
    const result = judgeEdge(blended, { ...goodEvidence, answer, before: counters(4, 7), endpoints }, known);
    expect([result.identities.mesh, result.identities.workload, result.good]).toEqual([mesh, workload, good]);
  },
);

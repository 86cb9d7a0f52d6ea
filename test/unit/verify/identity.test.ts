import { judgeEdge } from "../../../cli/verify/judgeEdge.ts";
import { identify, notObservable } from "../../../cli/verify/identity.ts";
import { edge, goodAnswer, goodEvidence, httpbin, ownError, shows } from "./fixtures.ts";

const known = ["east", "west", "south"];

test("both ends are named: the server by its certificate and CA, the caller by the echo", () => {
  expect(identify(edge, goodEvidence, known)).toEqual({ mesh: "west", workload: httpbin, upstream: ["192.0.2.1:15443"], caller: "spiffe://cluster.local/ns/sleep/sa/sleep", problems: [] });
});

test("a caller that the target does not echo is not observable, and no fault", () => {
  const result = judgeEdge(edge, { ...goodEvidence, answer: { ...goodAnswer, echoed: {} } }, known);
  expect([result.identities.caller, result.good]).toEqual([notObservable, true]);
});

test.each([
  { what: "a workload of another known mesh", evidence: { hellos: [shows({ issuerLocality: "south" })] }, says: /mesh "south" answers/ },
  { what: "a CA that is not the gateway's", evidence: { issuers: { west: "bb" }, hellos: [shows({ issuerLocality: undefined, issuerFingerprint: "cc" })] }, says: /another CA/ },
  { what: "a caller that arrives as another", evidence: { answer: { ...goodAnswer, echoed: { "X-Forwarded-Client-Cert": `By=${httpbin};URI=spiffe://cluster.local/ns/a/sa/b` } } }, says: /arrived as spiffe:\/\/cluster.local\/ns\/a\/sa\/b, expected .*sleep/ },
  { what: "another server than the pinned one in the echo", evidence: { answer: { ...goodAnswer, echoed: { "X-Forwarded-Client-Cert": "By=spiffe://x;URI=spiffe://cluster.local/ns/sleep/sa/sleep" } } }, says: /spiffe:\/\/x answered, expected/ },
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
  expect([result.good, result.broken, result.problems.join()]).toEqual([false, undefined, expect.stringContaining("no hop shows why")]);
});

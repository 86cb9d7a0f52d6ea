import { tryOutsider } from "../../../verify/foreignCaller.ts";
import type { Edge } from "../../../verify/edge.ts";
import type { Answer, Evidence } from "../../../verify/evidence.ts";
import { edge, goodAnswer, goodEvidence, ownError, reset } from "./fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

const access = { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} };
const tcpEdge: Edge = { ...edge, port: { name: "tcp", number: 9001, protocol: "TCP" }, probe: { kind: "tcp" } };
const meets = (answer: Answer): Evidence => ({ ...goodEvidence, answer });
const refusal: Answer = { ...goodAnswer, good: false, status: 403, body: "RBAC: access denied", echoed: {} };
const held: Answer = { ...goodAnswer, status: undefined, headers: {}, body: "", echoed: {} };
const closed: Answer = { ...held, good: false, problem: "Recv failure" };
const unresolved: Answer = { ...closed, address: undefined, unresolved: true, problem: "Could not resolve host" };

test.each<{ what: string; of?: Edge; met: Evidence[]; state: string; calls: number; says?: RegExp }>([
  { what: "is refused", met: [meets(refusal)], state: "good", calls: 1 },
  {
    what: "is refused through a gateway that breaks off a ClientHello meanwhile",
    met: [{ ...meets(refusal), hellos: [reset] }],
    state: "good",
    calls: 1,
  },
  {
    what: "is refused as soon as the policy is everywhere",
    met: [meets(goodAnswer), meets(refusal)],
    state: "good",
    calls: 2,
  },
  {
    what: "is fresh, and resolves the name a moment later",
    met: [meets(unresolved), meets(refusal)],
    state: "good",
    calls: 2,
  },
  {
    what: "is let in, again and again",
    met: [meets(goodAnswer), meets(goodAnswer)],
    state: "bad",
    calls: 2,
    says: /got status 200$/,
  },
  {
    what: "is let in by Istio, and finds nothing there",
    met: [meets({ ...goodAnswer, good: false, status: 404 }), meets({ ...goodAnswer, good: false, status: 404 })],
    state: "bad",
    calls: 2,
  },
  {
    what: "does not come as far",
    met: [meets(ownError("x")), meets(ownError("x"))],
    state: "unknown",
    calls: 2,
    says: /did not come as far as the serving workload, so that tells nothing/,
  },
  {
    what: "has no pod",
    met: [
      { ...goodEvidence, client: { failure: "no probe pod: no quota" }, answer: undefined },
      { ...goodEvidence, client: { failure: "no probe pod: no quota" }, answer: undefined },
    ],
    state: "unknown",
    calls: 2,
    says: /got no probe pod: no quota/,
  },
  {
    what: "only opens a TCP connection",
    of: tcpEdge,
    met: [meets(held)],
    state: "unknown",
    calls: 1,
    says: /when something is sent on it/,
  },
  { what: "is broken off over TCP", of: tcpEdge, met: [meets(closed), meets(closed)], state: "unknown", calls: 2 },
])("a caller who is not named and $what: $state", async ({ of = edge, met, state, calls, says }) => {
  let called = 0;
  const control = of === tcpEdge ? meets(held) : goodEvidence;
  const result = await tryOutsider(
    { edge: of, access },
    1200,
    async () => ({ failure: "not asked" }),
    async ({ client }) => (client.serviceAccount === "default" ? met[called++]! : control),
  );
  expect([result.state, called]).toEqual([state, calls]);
  expect(result.evidence).toMatch(says ?? /is not among the export's callers/);
});

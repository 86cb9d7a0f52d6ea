import { judgeEdge } from "../../../verify/judgeEdge.ts";
import { greetSubsets } from "../../../verify/subsets.ts";
import { edge, goodEvidence, httpbin, now, reset, shows, unreachable } from "./fixtures.ts";

const split = { ...edge, subsets: ["v1", "v2"] };
const sniOf = (subset: string) => `outbound_.8000_.${subset}_.httpbin.httpbin.svc.cluster.local`;

test("each subset has a ClientHello of its own at each gateway", async () => {
  const gateways = [...edge.gateways, { mesh: "north", address: "192.0.2.2", port: 15443 }];
  const found = await greetSubsets({ ...split, gateways }, async (gateway, sni) => ({
    ...gateway,
    sni,
    outcome: "reset",
    detail: "",
  }));
  const said = Object.entries(found).map(([subset, hellos]) => [subset, hellos.map((h) => [h.mesh, h.sni])]);
  expect(said).toEqual(
    split.subsets.map((subset) => [
      subset,
      [
        ["west", sniOf(subset)],
        ["north", sniOf(subset)],
      ],
    ]),
  );
});

const v1 = [shows()];
test.each([
  {
    what: "is broken off by the gateway",
    v2: [{ ...reset, sni: sniOf("v2") }],
    says: /^subset v2: the gateway breaks off a ClientHello for outbound_\.8000_\.v2_\..*exported/,
  },
  {
    what: "is served by an account that is not pinned",
    v2: [shows({ subjectAltNames: [`${httpbin}-2`] })],
    says: /^subset v2: .*httpbin-2 answers, and east accepts only/,
  },
  {
    what: "has a certificate that has expired",
    v2: [shows({ notAfter: now })],
    says: /^subset v2: the certificate .* expired/,
  },
])("a subset that $what makes the import wrong, although calls get through", ({ v2, says }) => {
  const result = judgeEdge(split, { ...goodEvidence, subsets: { v1, v2 } }, ["east", "west"]);
  expect([result.good, result.degraded, result.broken, result.problems]).toEqual([
    false,
    false,
    undefined,
    [expect.stringMatching(says)],
  ]);
});

test.each([
  { what: "shows its certificate", v2: [shows()] },
  { what: "is known at one of two gateways", v2: [reset, shows()] },
  { what: "is out of this machine's reach", v2: [unreachable] },
])("no alarm while a subset $what", ({ v2 }) => {
  expect(judgeEdge(split, { ...goodEvidence, subsets: { v1, v2 } }, ["east", "west"])).toMatchObject({
    good: true,
    problems: [],
  });
});

import { checkEdge } from "../../../verify/checkEdge.ts";
import { sendSubsetHellos } from "../../../verify/subsets.ts";
import { edge, passingEvidence, httpbin, now, reset, shows, unreachable } from "./fixtures.ts";

const split = { ...edge, subsets: ["v1", "v2"] };
const sniOf = (subset: string) => `outbound_.8000_.${subset}_.httpbin.httpbin.svc.cluster.local`;

test("each gateway gets a ClientHello for each subset", async () => {
  const gateways = [...edge.gateways, { mesh: "north", address: "192.0.2.2", port: 15443 }];
  const found = await sendSubsetHellos({ ...split, gateways }, async (gateway, sni) => ({
    ...gateway,
    sni,
    outcome: "reset",
    detail: "",
  }));
  const sent = Object.entries(found).map(([subset, clientHellos]) => [
    subset,
    clientHellos.map((h) => [h.mesh, h.sni]),
  ]);
  expect(sent).toEqual(
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
    what: "the gateway resets",
    v2: [{ ...reset, sni: sniOf("v2") }],
    says: /^the gateway resets a ClientHello for outbound_\.8000_\.v2_\..*exported/,
  },
  {
    what: "an account that is not pinned serves",
    v2: [shows({ subjectAltNames: [`${httpbin}-2`] })],
    says: /^.*httpbin-2 answers, and east accepts only/,
  },
  {
    what: "has an expired certificate",
    v2: [shows({ notAfter: now })],
    says: /^the certificate .* expired/,
  },
])("a subset that $what fails the import, although calls get through", ({ v2, says }) => {
  const result = checkEdge(split, { ...passingEvidence, subsets: { v1, v2 } }, ["east", "west"]);
  expect(result).toMatchObject({ passed: false, degraded: false, failedHop: undefined });
  expect(result.problems).toEqual([
    {
      code: "edge-subset",
      subject: 'subset "v2" of east <- west/httpbin:8000',
      problem: expect.stringMatching(says),
      remedy: expect.stringMatching(/west/),
    },
  ]);
});

test.each([
  { what: "shows its certificate", v2: [shows()] },
  { what: "is accepted at one of two gateways", v2: [reset, shows()] },
  { what: "is unreachable for this machine", v2: [unreachable] },
])("an import passes while a subset $what", ({ v2 }) => {
  expect(checkEdge(split, { ...passingEvidence, subsets: { v1, v2 } }, ["east", "west"])).toMatchObject({
    passed: true,
    problems: [],
  });
});

import { checkEdge } from "../../../verify/checkEdge.ts";
import { sendSubsetHellos } from "../../../verify/subsets.ts";
import { edge, passingEvidence, httpbin, now, reset, shows, unreachable } from "./fixtures.ts";

const split = { ...edge, subsets: ["v1", "v2"] };
const sniOf = (subset: string) => `outbound_.8000_.${subset}_.httpbin.httpbin.svc.cluster.local`;

const v1 = [shows()];

describe("the subsets of an import", () => {
  test("get a ClientHello each at each gateway", async () => {
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
  ])("fail it although calls pass, when one $what", ({ v2, says }) => {
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
  ])("pass while one $what", ({ v2 }) => {
    expect(checkEdge(split, { ...passingEvidence, subsets: { v1, v2 } }, ["east", "west"])).toMatchObject({
      passed: true,
      problems: [],
    });
  });
});

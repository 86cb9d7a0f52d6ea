import { rotationGate } from "../../../../federation/trust/rotationGate.ts";
import { byName, cluster, contract, gateEvidence, pki, proxy } from "./rotationFixtures.ts";
import { addCases } from "./rotationAdd.cases.ts";
import { laterCases } from "./rotationLater.cases.ts";

describe("the gate of a rotation", () => {
  test.each([...addCases, ...laterCases])(
    "after $phase, where $what",
    async ({ phase, evidence, contracts, ...expected }) => {
      const p = await pki;
      const { closed = [], notes = [] } = expected;
      const gate = rotationGate(phase, evidence(p), byName(contracts(p)));
      expect(gate.findings).toEqual(
        closed.map(([code, mesh, says]) => ({
          code,
          subject: `mesh "${mesh}"`,
          problem: expect.stringMatching(says),
          remedy: expect.stringMatching(/./),
        })),
      );
      expect(gate.notes).toEqual(notes.map((says) => expect.stringMatching(says)));
    },
  );

  test("names some pods of many, and those that must be restarted", async () => {
    const { old, fresh } = await pki;
    const pods = Array.from({ length: 8 }, (_, i) => proxy(`p${i}`, [old.root], old.chain, i > 0));
    const roots = contract("west", [
      ["active", old.root],
      ["next", fresh.root],
    ]);
    const { findings } = rotationGate(
      "add",
      gateEvidence([cluster("west", [old.root, fresh.root], pods)]),
      byName([roots]),
    );
    expect(findings).toMatchObject([
      {
        problem: expect.stringMatching(/8 of 8 .*apps\/p4 and 3 more/),
        remedy: expect.stringMatching(/Restart apps\/p0:/),
      },
    ]);
  });
});

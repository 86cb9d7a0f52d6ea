import { setTimeout as sleep } from "node:timers/promises";
import { verifyEdges } from "../../../verify/verifyEdges.ts";
import { edge, passingEvidence, sidecarError } from "./fixtures.ts";

const access = { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} };
const find = async () => ({ failure: "not found" });

describe("the verification of edges", () => {
  test("takes no time for retries from later edges", async () => {
    const tries = new Map<string, number>();
    // Eight are verified in parallel: the ninth starts when one of the first eight ends.
    const tasks = Array.from({ length: 9 }, (_, i) => ({ edge: { ...edge, name: `import-${i}` }, access }));
    const results = await verifyEdges(tasks, 2000, find, async ({ name }) => {
      tries.set(name, (tries.get(name) ?? 0) + 1);
      await sleep(name === "import-8" ? 0 : 400);
      return name === "import-8" && tries.get(name) === 2
        ? passingEvidence
        : { ...passingEvidence, answer: sidecarError("x") };
    });
    expect(results.map((r) => r.passed)).toEqual([...Array<boolean>(8).fill(false), true]);
  });

  test("tries all failing edges in at most twice the time of one", async () => {
    const tries = new Map<string, number>();
    const tasks = Array.from({ length: 40 }, (_, i) => ({ edge: { ...edge, name: `import-${i}` }, access }));
    const results = await verifyEdges(tasks, 1300, find, async ({ name }) => {
      tries.set(name, (tries.get(name) ?? 0) + 1);
      return { ...passingEvidence, answer: sidecarError("x") };
    });
    // Five rounds of eight: each edge of the first has time for a retry, those of the last do not.
    expect(results).toHaveLength(40);
    expect([tries.get("import-0"), tries.get("import-39")]).toEqual([2, 1]);
  });

  test("does not count the time until a pod runs", async () => {
    let tries = 0;
    const [result] = await verifyEdges(
      [{ edge, access }],
      1000,
      async () => (tries === 0 && (await sleep(1500)), { failure: "not found" }),
      async () => (++tries === 1 ? { ...passingEvidence, answer: sidecarError("x") } : passingEvidence),
    );
    expect([tries, result!.passed]).toEqual([2, true]);
  });

  test("knows the meshes of an import without their contracts", async () => {
    const [result] = await verifyEdges([{ edge, access }], 0, find, async () => passingEvidence);
    expect(result!.identities.mesh).toBe("west");
  });
});

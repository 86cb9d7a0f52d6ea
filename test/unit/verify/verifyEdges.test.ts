import { setTimeout as sleep } from "node:timers/promises";
import { verifyEdges } from "../../../verify/verifyEdges.ts";
import { edge, passingEvidence, sidecarError } from "./fixtures.ts";

const access = { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} };
const find = async () => ({ failure: "not found" });

test("an edge that needs retries takes no time from later edges", async () => {
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

test("all failing edges are tried, for at most twice the time of one", async () => {
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

test("the time until there is a pod does not count", async () => {
  let tries = 0;
  const [result] = await verifyEdges(
    [{ edge, access }],
    1000,
    async () => (tries === 0 && (await sleep(1500)), { failure: "not found" }),
    async () => (++tries === 1 ? { ...passingEvidence, answer: sidecarError("x") } : passingEvidence),
  );
  expect([tries, result!.passed]).toEqual([2, true]);
});

test("the meshes of an import are known without their contracts", async () => {
  const [result] = await verifyEdges([{ edge, access }], 0, find, async () => passingEvidence);
  expect(result!.identities.mesh).toBe("west");
});

import { setTimeout as sleep } from "node:timers/promises";
import { inTime, reasonOf } from "../../../workspace/meshes.ts";
import { verifyEdges } from "../../../verify/verifyEdges.ts";
import { edge, goodEvidence, ownError } from "./fixtures.ts";

// An ES module alone, which Jest does not load; nothing here reaches a cluster.
jest.mock("@kubernetes/client-node", () => ({}));

const access = { own: {} as never, peers: new Map(), contracts: new Map(), issuers: {} };
const find = async () => ({ failure: "not asked" });

test("an edge that is slow to become good takes no time from those behind it", async () => {
  const tries = new Map<string, number>();
  // Eight are looked at side by side: the ninth begins when the first eight are through.
  const tasks = Array.from({ length: 9 }, (_, i) => ({ edge: { ...edge, name: `import-${i}` }, access }));
  const results = await verifyEdges(tasks, 2000, find, async ({ name }) => {
    tries.set(name, (tries.get(name) ?? 0) + 1);
    await sleep(name === "import-8" ? 0 : 400);
    return name === "import-8" && tries.get(name) === 2 ? goodEvidence : { ...goodEvidence, answer: ownError("x") };
  });
  expect(results.map((r) => r.good)).toEqual([...Array<boolean>(8).fill(false), true]);
});

test("however many edges are broken, all are tried and waited for twice the time of one at most", async () => {
  const tries = new Map<string, number>();
  const tasks = Array.from({ length: 40 }, (_, i) => ({ edge: { ...edge, name: `import-${i}` }, access }));
  const results = await verifyEdges(tasks, 1300, find, async ({ name }) => {
    tries.set(name, (tries.get(name) ?? 0) + 1);
    return { ...goodEvidence, answer: ownError("x") };
  });
  // Five rounds of eight. Each edge of the first has time for a second try, those of the last ones have none left.
  expect(results).toHaveLength(40);
  expect([tries.get("import-0"), tries.get("import-39")]).toEqual([2, 1]);
});

test("a pod that is long in coming takes no time from the calls: the first failure of one that is fresh is not yet an answer", async () => {
  let tries = 0;
  const [result] = await verifyEdges(
    [{ edge, access }],
    1000,
    async () => (tries === 0 && (await sleep(1500)), { failure: "not asked" }),
    async () => (++tries === 1 ? { ...goodEvidence, answer: ownError("x") } : goodEvidence),
  );
  expect([tries, result!.good]).toEqual([2, true]);
});

test("the meshes that an import comes from are known without their contracts", async () => {
  const [result] = await verifyEdges([{ edge, access }], 0, find, async () => goodEvidence);
  expect(result!.identities.mesh).toBe("west");
});

test("outputs that do not come are an error that names the stack; a command's own reason is kept", async () => {
  await expect(inTime("west", new Promise(() => undefined), 10)).rejects.toThrow(/stack "west" within 0.01 s/);
  expect(await inTime("west", Promise.resolve(1), 1000)).toBe(1);
  expect(
    reasonOf(new Error("pulumi stack output ended with exit code 255:\n  error: no stack named 'west' found")),
  ).toMatch(/255: error: no stack named 'west' found$/);
});

import { ManyImports } from "./manyImports.ts";

const count = 100;
/** How often a preview is measured; the least counts, which other work on the machine disturbs least. */
const runs = 3;

/**
 * What was measured, and a third more.
 *
 * - `preview`: processor time of a preview without changes, as a multiple of that of the same mesh without imports.
 * - `stateBytes`: what an import adds to the state.
 */
const budget = { preview: (4 / 3) * 2.4, stateBytes: (4 / 3) * 7100 };

let many: ManyImports;
let empty: { preview: number; stateBytes: number };
beforeAll(async () => {
  many = await ManyImports.start();
  many.declare(0);
  await many.up();
  empty = { preview: await leastPreview(), stateBytes: await many.stateBytes() };
  many.declare(count);
  await many.up();
}, 300_000);
afterAll(() => many?.stop());

test("an import is one object, and its state keeps to the budget", async () => {
  expect(await many.objects()).toBe(count);
  const bytes = ((await many.stateBytes()) - empty.stateBytes) / count;
  process.stderr.write(`state: ${Math.round(bytes)} bytes for each of ${count} imports\n`);
  expect(bytes).toBeLessThan(budget.stateBytes);
});

test("a preview without changes keeps to its budget beside one of the same mesh without imports", async () => {
  const ratio = (await leastPreview()) / empty.preview;
  process.stderr.write(`preview of ${count} imports: ${ratio.toFixed(2)} of the processor time of one of none\n`);
  expect(ratio).toBeLessThan(budget.preview);
}, 300_000);

async function leastPreview(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push((await many.preview()).processor);
  return Math.min(...times);
}

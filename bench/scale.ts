import { ManyImports } from "../test/engine/scale/manyImports.ts";
import type { Cost } from "../test/engine/scale/measured.ts";
import { prepareTier } from "../test/support/tiers.ts";
import { conditions, table, writeTable } from "./document.ts";

/*
 * `npm run bench -- scale [N ...]`: what many imports cost, beside `kubectl` with the same objects, in one run. An API
 * server without nodes has them; the peer's contract is a file. Writes the tables of docs/performance.md.
 */

/** How often a pair is measured: what changes the cluster, and what only reads. */
const [writes, reads] = [3, 5];

/** What was measured for a number of imports, each a list of pairs in the order of the runs. */
interface Measured {
  count: number;
  preview: Pair[];
  up: Pair[];
  removal: Pair[];
  /** An `up` with one import more, beside a preview of the others. */
  one: Pair[];
  stateBytes: number;
}

interface Pair {
  ours: Cost;
  /** The same with `kubectl`. */
  other: Cost;
}

/** Measures each number of imports, prints the tables and writes them to docs/performance.md. */
export async function scale(...words: string[]): Promise<void> {
  const counts = words.length > 0 ? words.map(Number) : [125, 250, 500];
  if (!counts.every((count) => Number.isInteger(count) && count > 0 && count < 1000))
    throw new Error("numbers of imports are whole, from 1 to 999");
  Object.assign(process.env, await prepareTier("engine", "registry"));
  const all: Measured[] = [];
  for (const count of counts) {
    const result = await measure(count);
    process.stdout.write(`${text([result])}\n\n`);
    all.push(result);
  }
  // Some numbers alone are a trial.
  if (words.length === 0) writeTable("performance.md", "scale", text(all));
}

async function measure(count: number): Promise<Measured> {
  const many = await ManyImports.start();
  const result: Measured = { count, preview: [], up: [], removal: [], one: [], stateBytes: 0 };
  try {
    for (let run = 0; run < writes; run++) {
      many.declare(count);
      const up = await many.up();
      await many.writeObjects();
      if (run === 0) {
        result.stateBytes = await many.stateBytes();
        await measureReads(many, count, result);
      }
      many.declare(0);
      const removal = await many.up();
      result.up.push({ ours: up, other: await many.kubectl("apply") });
      result.removal.push({ ours: removal, other: await many.kubectl("delete") });
      process.stderr.write(`${count} imports: run ${run + 1} of ${writes}\n`);
    }
    return result;
  } finally {
    await many.stop();
  }
}

async function measureReads(many: ManyImports, count: number, result: Measured): Promise<void> {
  for (let run = 0; run < reads; run++)
    result.preview.push({ ours: await many.preview(), other: await many.kubectl("diff") });
  for (let run = 0; run < reads; run++) {
    const preview = await many.preview();
    many.declare(count + 1);
    result.one.push({ ours: await many.up(), other: preview });
    many.declare(count);
    await many.up();
  }
}

function text(all: readonly Measured[]): string {
  const rows = all.flatMap(({ count, preview, up, removal, one }) => [
    row(count, "preview without a change", "`kubectl diff`", preview),
    row(count, "first `up`", "`kubectl apply`", up),
    row(count, "`up` of one import more", "the preview", one),
    row(count, "removal of all", "`kubectl delete`", removal),
  ]);
  const sizes = all.map(({ count, stateBytes, preview, up }) => [
    `${count}`,
    `${(stateBytes / count / 1000).toFixed(1)} kB`,
    `${Math.round(Math.max(...[...preview, ...up].map(({ ours }) => ours.megabytes)))} MB`,
  ]);
  return [
    conditions(),
    table(["imports", "work", "seconds", "beside", "seconds", "ratio", "of processor time"], rows),
    table(["imports", "state of one", "memory of engine, program and plugins"], sizes),
  ].join("\n\n");
}

/** Medians of both, and of their ratios with the least and the greatest. */
function row(count: number, work: string, beside: string, pairs: readonly Pair[]): string[] {
  const seconds = (of: keyof Pair): string => middle(pairs.map((pair) => pair[of].seconds)).toFixed(1);
  const ratio = (of: "seconds" | "processor"): string => spread(pairs.map(({ ours, other }) => ours[of] / other[of]));
  return [`${count}`, work, seconds("ours"), beside, seconds("other"), ratio("seconds"), ratio("processor")];
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function spread(values: readonly number[]): string {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return `${middle(values).toFixed(2)} (${least.toFixed(2)} to ${greatest.toFixed(2)})`;
}

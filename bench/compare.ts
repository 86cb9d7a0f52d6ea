import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { loadOffline } from "../tools/offline.ts";
import { World } from "../test/e2e/support/world.ts";
import { ensureToolchain } from "../tools/index.ts";
import { consoleProgress } from "../tools/progress.ts";
import { ByHand, type Step } from "./byHand.ts";

/*
 * `npm run bench -- up`: how long `npm run up` takes with a warm tool cache and no clusters, beside the same thing
 * done by hand, in one run on one machine. Needs what registry mode needs, and a machine that does nothing else. The
 * clone that it works in is its own; a lab that runs elsewhere is not touched, but takes time from both.
 *
 * `up` includes what the page takes for granted: starting the engine, and a check of the call with its identities. The
 * page includes nothing that the engine's start would take.
 */

/** Measures both, and prints the times and their ratio. */
export async function compare(): Promise<void> {
  const progress = consoleProgress(process.stderr);
  const world = new World();
  const { startLab, stopLab } = await loadOffline();
  const scratch = mkdtempSync(join(tmpdir(), "mesh-federation-by-hand-"));
  try {
    // Whatever is missing is built now, and the page cache has the images, so that neither of the two pays for it.
    const tools = await ensureToolchain("registry", progress);
    await startLab(world.clone.folder, progress);
    await stopLab(world.clone.folder, progress);

    const { seconds } = await world.clone.must("up", ["--source", "registry"]);
    await world.clone.must("down");

    await startLab(world.clone.folder, progress);
    const byHand = new ByHand(world, tools, scratch);
    await byHand.run();
    process.stdout.write(report(seconds, byHand.steps));
  } finally {
    await stopLab(world.clone.folder, progress);
    world.clone.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function report(up: number, steps: Step[]): string {
  const total = steps.reduce((sum, step) => sum + step.seconds, 0);
  const line = (name: string, seconds: number): string => `${name.padEnd(34)}${seconds.toFixed(1).padStart(8)} s\n`;
  return [
    `\n${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB of memory; images preloaded in the ` +
      `node image for both\n\n`,
    ...steps.map(({ name, seconds }) => line(`by hand: ${name}`, seconds)),
    line("by hand: together", total),
    line("npm run up, warm, verified", up),
    `\nratio (up / by hand): ${(up / total).toFixed(2)}\n`,
  ].join("");
}

import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { VERSIONS } from "../offline/lab/images/names.ts";
import {
  deletePod,
  drain,
  killPod,
  lossLine,
  measureLoss,
  roll,
  serveSteadily,
  upgrade,
  type Loss,
} from "../test/e2e/support/load/disruptions.ts";
import { editStack } from "../test/e2e/support/stacks.ts";
import { World } from "../test/e2e/support/world.ts";

/*
 * `npm run bench -- loss`: how many requests through an import fail while the exporting mesh's gateway is disturbed,
 * with each profile. West has two nodes; its server is on one of them. Writes the table of docs/operations.md.
 */

const edge = { mesh: "east", host: "steady.west.global", ports: { http: 8000, tcp: 9001 } };
const profiles = ["production", "small"] as const;

/** Measures the losses of both profiles, prints the table and writes it to docs/operations.md. */
export async function loss(): Promise<void> {
  const world = new World();
  try {
    const tables: string[] = [];
    for (const profile of profiles) {
      editStack(world, "west", (config) => {
        config["profile"] = profile;
        config["cluster"].workers = 1;
      });
      await world.clone.must("up", ["--source", "registry", "--no-verify"]);
      await serveSteadily(world, "west", edge);
      const each = [roll, deletePod, killPod, drain("steady"), upgrade];
      tables.push(table(profile, await measureLoss(world, { edge, mesh: "west", disruptions: each })));
      await world.clone.must("down");
      world.clone.git("checkout", "--quiet", "stacks");
    }
    const text = [conditions(), ...tables].join("\n\n");
    process.stdout.write(`${text}\n`);
    writeBetween(join(import.meta.dirname, "..", "docs", "operations.md"), text);
  } finally {
    await world.end();
  }
}

function conditions(): string {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
  return `Measured on ${date} (${machine}; Istio ${VERSIONS.istio}, Kubernetes ${VERSIONS.kubernetes}, two nodes).`;
}

function table(profile: string, losses: Loss[]): string {
  const head = ["| what happens | in | requests | failed | failures |", "| --- | --- | --- | --- | --- |"];
  return [`Profile \`${profile}\`:`, "", ...head, ...losses.map(lossLine)].join("\n");
}

/** Replaces what stands between the marks in a file. */
function writeBetween(file: string, text: string): void {
  const [begin, end] = ["<!-- bench loss: begin -->", "<!-- bench loss: end -->"];
  const [before, rest] = readFileSync(file, "utf8").split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${file} has no ${begin} ... ${end}`);
  writeFileSync(file, `${before}${begin}\n${text}\n${end}${after}`);
}

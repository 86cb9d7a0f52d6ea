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
import { conditions, writeTable } from "./document.ts";

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
    const text = [conditions("two nodes"), ...tables].join("\n\n");
    process.stdout.write(`${text}\n`);
    writeTable("operations.md", "loss", text);
  } finally {
    await world.end();
  }
}

function table(profile: string, losses: Loss[]): string {
  const head = ["| what happens | in | requests | failed | failures |", "| --- | --- | --- | --- | --- |"];
  return [`Profile \`${profile}\`:`, "", ...head, ...losses.map(lossLine)].join("\n");
}

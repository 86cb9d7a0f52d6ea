import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { duration } from "../tools/progress.ts";
import type { Toolchain } from "../tools/index.ts";
import { checkGuards } from "./runNegativeChecks.ts";
import { lookWithoutClient } from "./gather/withoutClient.ts";
import type { AccessMode } from "./access.ts";
import { readMeshes } from "../workspace/meshes.ts";
import { planTasks } from "./planTasks.ts";
import { ProbePods } from "../kube/probePods.ts";
import { isGood, jsonReport } from "./report/json.ts";
import { junitReport } from "./report/junit.ts";
import { details, table } from "./report/table.ts";
import { wantsColour } from "./report/text.ts";
import { longestWait, verifyEdges } from "./verifyEdges.ts";

/** What to verify, and how to tell. */
export interface VerifyOptions {
  stack?: string;
  import?: string;
  access: AccessMode;
  /** Milliseconds. */
  wait: number;
  probePod: boolean;
  probeImage?: string;
  details: boolean;
  json: boolean;
  junit?: string;
}

/** With so few edges, each call is shown in full. */
const fewEdges = 4;

/** Verifies the federation and reports to stdout. Returns the exit code. */
export async function verifyFederation(tools: Toolchain, options: VerifyOptions): Promise<number> {
  const started = Date.now();
  // With one's own credentials alone, not even the others' are decrypted.
  const meshes = await readMeshes(tools, options.access === "own" && options.stack ? [options.stack] : undefined);
  const importing = meshes.filter((m) => !m.foreign && (!options.stack || m.stack === options.stack));
  if (importing.length === 0)
    throw new Error(
      `there is no mesh stack "${options.stack}"; there are: ${meshes
        .filter((m) => !m.foreign)
        .map((m) => m.stack)
        .join(", ")}`,
    );
  for (const m of meshes.filter((m) => m.foreign && m.problem))
    process.stderr.write(`peer "${m.name}" ${m.problem}; its hops are seen from whoever imports from it\n`);
  const { tasks, uncalled, pending, unreachable, silent } = await planTasks(
    meshes,
    importing,
    options.access,
    options.import,
  );
  if (options.import && tasks.length + uncalled.length + pending.length === 0 && unreachable.length === 0)
    throw new Error(
      `no mesh imports "${options.import}"; imports are: ${importing.flatMap((m) => m.contract?.imports.map((i) => i.name) ?? []).join(", ") || "none"}`,
    );
  const pods = options.probePod
    ? new ProbePods(longestWait(tasks.length, options.wait) / 1000, options.probeImage)
    : undefined;
  try {
    const [results, guards, unchecked] = await Promise.all([
      verifyEdges(tasks, options.wait, pods && ((access, client) => pods.podFor(access.own, client))),
      checkGuards(
        tasks,
        meshes.filter((m) => (options.access === "both" || importing.includes(m)) && !silent.has(m.name)),
        options.wait,
        pods,
      ),
      Promise.all(uncalled.map(lookWithoutClient)),
    ]);
    const seconds = (Date.now() - started) / 1000;
    const unreachableNow = [...unreachable, ...guards.unreachable];
    const good = isGood(results, guards.results, unreachableNow);
    if (options.json)
      process.stdout.write(
        `${JSON.stringify(jsonReport(results, guards.results, unreachableNow, seconds, unchecked, pending), null, 2)}\n`,
      );
    else {
      if (options.details || results.length <= fewEdges) process.stdout.write(results.map((r) => details(r)).join(""));
      process.stdout.write(
        table(results, guards.results, unreachableNow, wantsColour(process.stdout), unchecked, pending),
      );
      if (results.length + unchecked.length + pending.length === 0)
        process.stdout.write("nothing is imported, so nothing was called\n");
      const bad = results.filter((r) => !r.good).length;
      process.stdout.write(
        `verified ${results.length} import port${results.length === 1 ? "" : "s"} in ${duration(seconds)}: ${results.length - bad} good, ${bad} bad${unchecked.length > 0 ? `; ${unchecked.length} not called` : ""}${pending.length > 0 ? `; ${pending.length} pending` : ""}\n`,
      );
    }
    // Last: where the file cannot be written, what was found is told all the same.
    if (options.junit) {
      mkdirSync(dirname(options.junit), { recursive: true });
      writeFileSync(options.junit, junitReport(results, guards.results, unreachableNow, unchecked, pending));
    }
    return good ? 0 : 1;
  } finally {
    await pods?.remove();
  }
}

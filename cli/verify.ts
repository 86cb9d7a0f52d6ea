import { writeFileSync } from "node:fs";
import { duration } from "../toolchain/progress.ts";
import { failWith, readArguments } from "./arguments.ts";
import { prepareTools } from "./tools.ts";
import { edgesOf } from "./verify/edge.ts";
import { gatewayIssuer } from "./verify/gather/farSide.ts";
import { shortly } from "./verify/gather/cluster.ts";
import { checkGuards } from "./verify/checkGuards.ts";
import { accessModes, readMeshes, type AccessMode, type Mesh } from "./verify/meshes.ts";
import { ProbePods } from "./verify/probePods.ts";
import { isGood, jsonReport } from "./verify/report/json.ts";
import { junitReport } from "./verify/report/junit.ts";
import { details, table } from "./verify/report/table.ts";
import { wantsColour } from "./verify/report/text.ts";
import { verifyEdges, type Task } from "./verify/verifyEdges.ts";
import { insideVariable, verifyInLab } from "./verifyInLab.ts";

const usage = `npm run verify [-- OPTIONS]

Calls each port of each import from the import's client, shows which mesh and workload answered, and tries what must
fail. Where a call fails, names the first broken hop, with evidence and remedy. Changes nothing.

  --stack NAME     only the imports of this stack
  --import NAME    only this import
  --access own     with the importing mesh's credentials alone; default: both, where there are credentials of both sides
  --wait SECONDS   how long a failing import may take to become good (default 5)
  --probe-pod      call from a pod of the client's service account that lives as long as the test, from image IMAGE
  --probe-image    (default ${"the sample client's"})
  --details        show each call in full, also of more than four imports
  --json           report as JSON
  --junit FILE     write a JUnit report, too

Exit code 0: all is well; 1: something is not; 2: wrong options.`;

/** With so few edges, each call is shown in full. */
const fewEdges = 4;

async function main(): Promise<number> {
  const options = readArguments(
    {
      stack: { type: "string" },
      import: { type: "string" },
      access: { type: "string", default: "both" },
      wait: { type: "string", default: "5" },
      "probe-pod": { type: "boolean" },
      "probe-image": { type: "string" },
      details: { type: "boolean" },
      json: { type: "boolean" },
      junit: { type: "string" },
    },
    usage,
  );
  const mode = options.access as AccessMode;
  const wait = Number(options.wait);
  if (!accessModes.includes(mode)) throw new Error(`--access is "${mode}"; it can be ${accessModes.join(" or ")}`);
  if (!Number.isFinite(wait) || wait < 0 || wait > 600) throw new Error(`--wait is "${options.wait}"; it can be 0 to 600 seconds`);
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return verifyInLab(tools, process.argv.slice(2));

  const started = Date.now();
  const meshes = await readMeshes(tools);
  const importing = meshes.filter((m) => !options.stack || m.stack === options.stack);
  if (importing.length === 0) throw new Error(`there is no mesh stack "${options.stack}"; there are: ${meshes.map((m) => m.stack).join(", ")}`);
  const { tasks, unreachable } = await plan(meshes, importing, mode, options.import);
  if (options.import && tasks.length === 0 && unreachable.length === 0) throw new Error(`no mesh imports "${options.import}"; imports are: ${importing.flatMap((m) => m.contract?.imports.map((i) => i.name) ?? []).join(", ") || "none"}`);
  const pods = options["probe-pod"] ? new ProbePods(options["probe-image"]) : undefined;
  try {
    const [results, guards] = await Promise.all([
      verifyEdges(tasks, wait * 1000, pods && ((access, client) => pods.podFor(access.own, client))),
      checkGuards(tasks, meshes.filter((m) => mode === "both" || importing.includes(m)), pods),
    ]);
    const seconds = (Date.now() - started) / 1000;
    const unreachableNow = [...unreachable, ...guards.unreachable];
    if (options.junit) writeFileSync(options.junit, junitReport(results, guards.results, unreachableNow));
    const good = isGood(results, guards.results, unreachableNow);
    if (options.json) process.stdout.write(`${JSON.stringify(jsonReport(results, guards.results, unreachableNow, seconds), null, 2)}\n`);
    else {
      if (options.details || results.length <= fewEdges) process.stdout.write(results.map((r) => details(r)).join(""));
      process.stdout.write(table(results, guards.results, unreachableNow, wantsColour(process.stdout)));
      if (results.length === 0) process.stdout.write("nothing is imported, so nothing was called\n");
      const bad = results.filter((r) => !r.good).length;
      process.stdout.write(`verified ${results.length} import port${results.length === 1 ? "" : "s"} in ${duration(seconds)}: ${results.length - bad} good, ${bad} bad\n`);
    }
    return good ? 0 : 1;
  } finally {
    await pods?.remove();
  }
}

/** What to verify, and what cannot be. */
async function plan(meshes: Mesh[], importing: Mesh[], mode: AccessMode, only: string | undefined): Promise<{ tasks: Task[]; unreachable: string[] }> {
  const contracts = new Map(meshes.flatMap((m) => (m.contract ? [[m.name, m.contract] as const] : [])));
  const unreachable: string[] = importing.flatMap((m) => (m.problem ? [`mesh "${m.name}" ${m.problem}`] : []));
  const tasks: Task[] = [];
  for (const mesh of importing) {
    if (!mesh.contract) continue;
    for (const { name, from, reason } of mesh.contract.pendingImports) if (!only || only === name) unreachable.push(`import "${name}" of mesh "${mesh.name}" from "${from}" is pending: ${reason}`);
    const edges = edgesOf(mesh.contract, mesh.stack, contracts, mesh.fallbackClient, only);
    if (edges.length === 0) continue;
    if (!mesh.cluster) {
      unreachable.push(`mesh "${mesh.name}" has no credentials here`);
      continue;
    }
    const peers = new Map(meshes.flatMap((m) => (mode === "both" && m !== mesh && m.cluster ? [[m.name, m.cluster] as const] : [])));
    const issuers: Record<string, string> = {};
    await Promise.all(
      [...peers].filter(([name]) => edges.some((e) => e.meshes.includes(name))).map(async ([name, cluster]) => {
        try {
          const issuer = await gatewayIssuer(cluster);
          if (issuer) issuers[name] = issuer;
        } catch (error) {
          unreachable.push(`mesh "${name}": ${shortly(error)}; its hops are seen from ${mesh.name}`);
          peers.delete(name);
        }
      }),
    );
    tasks.push(...edges.map((edge) => ({ edge, access: { own: mesh.cluster!, peers, contracts, issuers } })));
  }
  return { tasks, unreachable: [...new Set(unreachable)] };
}

main().then((code) => process.exit(code), failWith);

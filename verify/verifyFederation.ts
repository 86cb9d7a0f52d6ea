import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError, inline, printableJson } from "../federation/errors/userError.ts";
import type { Mesh, MeshSource } from "../workspace/meshes.ts";
import type { AccessMode } from "./access.ts";
import type { Contracts } from "./edge.ts";
import { ProbePods } from "./gather/probePods.ts";
import { hostNotices } from "./hostReach.ts";
import { listed } from "./listed.ts";
import { runNegativeChecks } from "./negativeChecks/run.ts";
import { describeNotCalled } from "./notCalled.ts";
import { planVerification, type VerificationPlan } from "./plan.ts";
import { jsonReport } from "./report/json.ts";
import { junitReport } from "./report/junit.ts";
import { hasPassed, type VerificationReport } from "./report/report.ts";
import { details, summary, table } from "./report/table.ts";
import { wantsColour } from "./report/text.ts";
import { longestWait, verifyEdges } from "./verifyEdges.ts";

/** What to verify, and how to report it. */
export interface VerifyOptions {
  /** Only the imports of this stack. */
  stack?: string;
  /** Only this import. */
  import?: string;
  access: AccessMode;
  /** Milliseconds that a failing import may take to pass. */
  wait: number;
  /** Whether to call from pods that live as long as the run. */
  probePod: boolean;
  /** Their image; default the sample client's. */
  probeImage?: string;
  /** Whether to show each call in full. */
  details: boolean;
  json: boolean;
  /** File of a JUnit report. */
  junit?: string;
}

/** With up to this number of edges, each call is shown in full. */
const fewEdges = 4;

type ReadMeshes = MeshSource["meshes"];

/** Verifies the federation and reports to stdout. Returns the exit code. */
export async function verifyFederation(readMeshes: ReadMeshes, options: VerifyOptions): Promise<number> {
  // With the importing mesh's credentials alone, those of other stacks are not decrypted.
  const meshes = await readMeshes(options.access === "own" && options.stack ? [options.stack] : undefined);
  const importing = importingMeshes(meshes, options.stack);
  for (const m of meshes.filter((m) => m.foreign && m.problem))
    process.stderr.write(
      `${inline(`peer "${m.name}" ${m.problem}; its hops are seen from the meshes that import from it`)}\n`,
    );
  const plan = await planVerification(meshes, importing, options.access, options.import);
  if (options.import) requireImport(plan, importing, options.import);
  const checked = meshes.filter(
    (m) => (options.access === "both" || importing.includes(m)) && !plan.silent.has(m.name),
  );
  const contracts = new Map(meshes.flatMap((m) => (m.contract ? [[m.name, m.contract] as const] : [])));
  const report = await verify(plan, checked, contracts, options);
  process.stdout.write(options.json ? `${printableJson(jsonReport(report))}\n` : textOf(report, options));
  // Last, so that the results are printed even where the file cannot be written.
  if (options.junit) {
    mkdirSync(dirname(options.junit), { recursive: true });
    writeFileSync(options.junit, junitReport(report));
  }
  return hasPassed(report) ? 0 : 1;
}

/** The meshes whose imports are verified: those of this project, or that of one stack. */
function importingMeshes(meshes: Mesh[], stack: string | undefined): Mesh[] {
  const own = meshes.filter((m) => !m.foreign);
  const importing = own.filter((m) => !stack || m.stack === stack);
  if (importing.length > 0) return importing;
  throw new UserError("verify-stack-unknown", {
    subject: stack ? `stack "${stack}"` : "stacks/",
    problem: stack ? "there is no such mesh stack" : "there is no mesh stack",
    remedy: `Name one of ${own.map((m) => m.stack).join(", ") || "the mesh stacks in stacks/"}`,
  });
}

function requireImport(
  { tasks, withoutClient, pending, unreachable }: VerificationPlan,
  importing: Mesh[],
  name: string,
): void {
  if (tasks.length + withoutClient.length + pending.length + unreachable.length > 0) return;
  const imports = importing.flatMap((m) => m.contract?.imports.map((i) => i.name) ?? []);
  throw new UserError("verify-import-unknown", {
    subject: `import "${name}"`,
    problem: "no mesh has an import of that name",
    remedy: `Name one of the imports: ${listed(imports, 10) || "there are none"}`,
  });
}

/** Verifies the edges of a plan, and runs the negative checks in `meshes`. */
async function verify(
  plan: VerificationPlan,
  meshes: Mesh[],
  contracts: Contracts,
  options: VerifyOptions,
): Promise<VerificationReport> {
  const started = Date.now();
  const { tasks, withoutClient, pending } = plan;
  const { wait, probePod, probeImage } = options;
  const pods = probePod ? new ProbePods(longestWait(tasks.length, wait) / 1000, probeImage) : undefined;
  try {
    const [edges, negative, notCalled] = await Promise.all([
      verifyEdges(tasks, wait, pods && ((access, client) => pods.podFor(access.own, client))),
      runNegativeChecks(tasks, meshes, wait, pods, contracts),
      Promise.all(withoutClient.map(describeNotCalled)),
    ]);
    return {
      edges,
      negativeChecks: negative.results,
      unreachable: [...plan.unreachable, ...negative.unreachable],
      notCalled,
      pending,
      notes: hostNotices(edges),
      seconds: (Date.now() - started) / 1000,
    };
  } finally {
    await pods?.remove();
  }
}

function textOf(report: VerificationReport, options: VerifyOptions): string {
  const inFull = options.details || report.edges.length <= fewEdges;
  return [
    ...(inFull ? report.edges.map(details) : []),
    table(report, wantsColour(process.stdout), options.details),
    summary(report),
  ].join("");
}

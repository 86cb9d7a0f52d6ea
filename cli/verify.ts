import { meshStackFiles } from "../infra/stackFiles.ts";
import type { FederationContract } from "../components/plan/contract.ts";
import { duration } from "../toolchain/progress.ts";
import { failWith, readArguments } from "./arguments.ts";
import { stackOutputs } from "./pulumiCommand.ts";
import { prepareTools } from "./tools.ts";
import { Cluster } from "./verify/cluster.ts";
import { callImport, type CallReport } from "./verify/callImport.ts";
import { insideVariable, verifyInLab } from "./verifyInLab.ts";
import { root } from "./workspace.ts";

const usage = `npm run verify [-- --stack NAME] [--json]

Sends a real request through each import of each mesh, from the mesh's client pod, and shows what answered: status,
the echoed headers with both SPIFFE identities, and the endpoint that the client's sidecar used.`;

async function main(): Promise<number> {
  const options = readArguments({ stack: { type: "string" }, json: { type: "boolean" } }, usage);
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return verifyInLab(tools, process.argv.slice(2));
  const started = Date.now();
  const stacks = meshStackFiles(root).map((s) => s.stack).filter((stack) => !options.stack || stack === options.stack);
  if (stacks.length === 0) throw new Error(`there is no mesh stack "${options.stack}"; there are: ${meshStackFiles(root).map((s) => s.stack).join(", ")}`);
  const outputs = new Map(await Promise.all(meshStackFiles(root).map(async ({ name, stack }) => [name, { stack, ...(await stackOutputs(tools, stack)) }] as const)));
  const reports: CallReport[] = [];
  for (const [name, output] of outputs) {
    if (!stacks.includes(output.stack)) continue;
    const { federation, kubeconfig, samples } = output as { federation?: FederationContract; kubeconfig?: string; samples?: { client?: any } };
    if (!federation || !kubeconfig) throw new Error(`mesh "${name}" is not up; run \`npm run up\`, or \`pulumi up --stack ${output.stack}\``);
    for (const { name: pending, from, reason } of federation.pendingImports) throw new Error(`import "${pending}" of mesh "${name}" from "${from}" is pending: ${reason}`);
    for (const spec of federation.imports) {
      if (!samples?.client) throw new Error(`mesh "${name}" has no client to call from; add sleep to its samples`);
      const peer = (outputs.get(spec.from) as { federation?: FederationContract } | undefined)?.federation;
      const report = await callImport(new Cluster(kubeconfig), federation, spec, samples.client, peer);
      if (!options.json) process.stdout.write(describe(report));
      reports.push(report);
    }
  }
  if (options.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  if (reports.length === 0) process.stdout.write("nothing is imported, so nothing was called\n");
  const failed = reports.filter((r) => r.problems.length > 0).length;
  if (!options.json) process.stdout.write(`verified ${reports.length} import${reports.length === 1 ? "" : "s"} in ${duration((Date.now() - started) / 1000)}: ${reports.length - failed} good, ${failed} bad\n`);
  return failed === 0 ? 0 : 1;
}

function describe(report: CallReport): string {
  const lines = [
    `${report.mesh} -> ${report.from}: GET ${report.url} from ${report.client}`,
    `  status ${report.status ?? "none"}`,
    ...JSON.stringify({ headers: report.headers }, null, 2).split("\n").map((line) => `  ${line}`),
    ...report.endpoints.map((e) => `  endpoint ${e.address} ${e.health}`),
    ...report.problems.map((p) => `  PROBLEM: ${p}`),
  ];
  return `${lines.join("\n")}\n`;
}

main().then((code) => process.exit(code), failWith);

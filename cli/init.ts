import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { rfc1123Label } from "../federation/objects/names.ts";
import { init, type InitCluster } from "../start/init.ts";
import { argumentError, exit, fail, readArguments } from "./arguments.ts";

const usage = `npm run init -- [--kubeconfig FILE] --context EXPORTER --context IMPORTER --out DIR [OPTIONS]

Reads two existing meshes and writes a stack file for each: one exports a Service, and
the other imports it. Names, domains, networks, versions and gateways are those of the
clusters; it prints each with the object that says it. It asks for what no cluster says:
which Service, and who calls it. Changes nothing in the clusters.

  --kubeconfig F   twice for two files; default KUBECONFIG, or ~/.kube/config
  --context C      first the one that exports; default each file's current one
  --mesh NAME      names of the two meshes; default made of their contexts
  --service NS/S   the Service to export
  --callers NS     namespace of the callers in the importing mesh
  --yes            ask nothing: fail where something is not known`;

async function main(): Promise<number> {
  const options = readArguments(
    {
      kubeconfig: { type: "string", multiple: true, default: [] },
      context: { type: "string", multiple: true, default: [] },
      mesh: { type: "string", multiple: true, default: [] },
      out: { type: "string" },
      service: { type: "string" },
      callers: { type: "string" },
      yes: { type: "boolean" },
    },
    usage,
  );
  if (!options.out) throw argumentError("--out", "", "path of a folder");
  for (const name of options.mesh)
    if (!rfc1123Label.test(name)) throw argumentError("--mesh", name, "lower-case letters, digits and -");
  const [exporter, importer] = clusters(options);
  const ask = options.yes || !process.stdin.isTTY ? undefined : askUser;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const { service, callers, out } = options;
  const answers = { ...(service ? { service } : {}), ...(callers ? { callers } : {}) };
  const [from, to] = await init({ exporter, importer, out, answers, ask, say });
  say(`\nMove the files of ${out} to stacks/, in place of those of the example. Then:`);
  say(`  npm run pulumi -- up --stack ${from}        # gateway and export`);
  say(`  npm run pulumi -- preview --stack ${to}   # the first import`);
  return 0;
}

/** The two clusters; one kubeconfig may have both. */
function clusters({ kubeconfig, context, mesh }: Record<"kubeconfig" | "context" | "mesh", string[]>) {
  for (const [name, given] of Object.entries({ kubeconfig, context, mesh }))
    if (given.length > 2) throw argumentError(`--${name}`, given[2]!, "it is given at most twice");
  const fallback = process.env["KUBECONFIG"]?.split(delimiter)[0] || join(homedir(), ".kube", "config");
  const of = (i: number): InitCluster => ({
    kubeconfig: kubeconfig[i] ?? kubeconfig[0] ?? fallback,
    context: context[i],
    mesh: mesh[i],
  });
  if (kubeconfig.length < 2 && context.length < 2)
    throw argumentError("--context", context.join(", "), "two contexts, or two kubeconfigs");
  return [of(0), of(1)] as const;
}

/** Asks on the terminal, by number or by name. */
async function askUser(question: string, choices: readonly string[]): Promise<string> {
  const lines = choices.map((choice, i) => `  ${i + 1}  ${choice}`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = (await terminal.question(`${[question, ...lines].join("\n")}\n> `)).trim();
  terminal.close();
  return choices[Number(answer) - 1] ?? answer;
}

main().then(exit, fail);

import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { rfc1123Label } from "../../federation/objects/names.ts";
import { firstPreview, hasPulumi, previewCommands } from "../../start/firstPreview.ts";
import { init, type InitCluster } from "../../start/init.ts";
import { argumentError, readArguments } from "../arguments.ts";

const usage = (
  program: string,
): string => `${program} [--kubeconfig FILE] --context EXPORTER --context IMPORTER --out DIR [OPTIONS]

Reads two existing meshes and writes a Pulumi project with a stack for each: one exports a
Service, and the other imports it. Names, domains, networks, versions and gateways are those
of the clusters; it prints each with the object that says it. It asks for what no cluster
says: which Service, and who calls it. Then it runs npm and Pulumi up to the preview of the
import, if you agree. Changes nothing in the clusters, but for an \`up\` that you agree to.

  --kubeconfig F   twice for two files; default KUBECONFIG, or ~/.kube/config
  --context C      first the one that exports; default each file's current one
  --mesh NAME      names of the two meshes; default made of their contexts
  --service NS/S   the Service to export
  --callers NS     namespace of the callers in the importing mesh
  --yes            ask nothing: fail where something is not known, and run the previews. That
                   of the import is then as if the export existed
  --up             create the export before
  --no-run         write the files alone
  --library SPEC   what npm installs the library from, such as a tarball
  --stack-files    write two stack files for a clone of this project instead`;

type Given = ReturnType<typeof given>;

/** @param program how the user calls it */
export async function initCommand(program: string): Promise<number> {
  const known = given(program);
  const { service, callers, out, ask } = known;
  const [exporter, importer] = clusters(known);
  const answers = { ...(service ? { service } : {}), ...(callers ? { callers } : {}) };
  const { library, "stack-files": stackFiles } = known;
  const [from, to] = await init({ exporter, importer, out, answers, ask, say, stackFiles, library });
  if (stackFiles) {
    say(`\nMove the files of ${out} to stacks/, in place of those of the example. Then:`);
    say(`  npm run pulumi -- up --stack ${from}        # gateway and export`);
    say(`  npm run pulumi -- preview --stack ${to}   # the first import`);
    return 0;
  }
  say(`\nWritten to ${out}: a Pulumi project with the stacks ${from} and ${to}.`);
  await preview(known, from, to);
  return 0;
}

function given(program: string) {
  const known = readArguments(
    {
      kubeconfig: { type: "string", multiple: true, default: [] },
      context: { type: "string", multiple: true, default: [] },
      mesh: { type: "string", multiple: true, default: [] },
      out: { type: "string" },
      service: { type: "string" },
      callers: { type: "string" },
      yes: { type: "boolean" },
      up: { type: "boolean" },
      "no-run": { type: "boolean" },
      library: { type: "string" },
      "stack-files": { type: "boolean" },
    },
    usage(program),
  );
  const { out } = known;
  if (!out) throw argumentError("--out", "", "path of a folder");
  for (const name of known.mesh)
    if (!rfc1123Label.test(name)) throw argumentError("--mesh", name, "lower-case letters, digits and -");
  const isInteractive = !known.yes && process.stdin.isTTY;
  return { ...known, out, isInteractive, ask: isInteractive ? askUser : undefined };
}

/** Ends with the preview of the first import, or with the commands up to it. */
async function preview(
  { out, ask, yes, up, isInteractive, "no-run": noRun }: Given,
  exporter: string,
  importer: string,
) {
  const wanted = { folder: resolve(out), exporter, importer, up: up ?? isInteractive, isInteractive };
  const may = !noRun && (yes || isInteractive) && (await hasPulumi());
  const commands = (up: boolean): string[] =>
    previewCommands({ ...wanted, up, isInteractive: true }).map((c) => c.join(" "));
  if (may && (yes || (await ask!("Run these now?\n" + commands(wanted.up).join("\n"), ["yes", "no"])) === "yes")) {
    const result = await firstPreview(wanted, say);
    if (result === "shown") return;
    if (result === "assumed") {
      say(`\nThis preview assumes mesh ${exporter} as its own preview shows it. Nothing is made yet, and ${importer}`);
      say(`can have its import when ${exporter} is up. In ${out}:`);
    } else say(`\nThe import is pending until mesh ${exporter} is up. In ${out}:`);
    for (const line of commands(true).slice(-2)) say(`  ${line}`);
    return;
  }
  say(`For the preview of the first import, in ${out}:`);
  for (const line of commands(true)) say(`  ${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
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

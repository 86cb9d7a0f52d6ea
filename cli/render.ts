import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { printable, printableJson, UserError } from "../federation/errors/userError.ts";
import { render, type RenderResult } from "../render/render.ts";
import { logLine } from "../review/findings.ts";
import { root } from "../workspace/workspace.ts";
import { argumentError, exit, fail, readArguments } from "./arguments.ts";

const usage = `npm run render -- --out DIR [OPTIONS]

Writes each mesh's objects of the federation and its contract as files, for Argo CD
or Flux: DIR/<mesh>/kustomization.yaml with one manifest per object, contract.json,
and DIR/REVIEW.md, which says in words what changes. Reads stack files and contracts;
needs no cluster, no state and no Pulumi. Writes nothing where a check fails.

  --out DIR        folder of the manifests
  --stack NAME     only this stack's mesh; can be repeated; default all. The other
                   meshes count as DIR has them
  --stacks DIR     folder of the stack files; default stacks
  --contracts DIR  what meshes publish now, MESH.json each, as \`npm run contract\`
                   writes them: roots, and addresses that a load balancer assigns
  --base DIR       rendered folder that REVIEW.md compares with; default the content
                   of --out before this run
  --argocd         annotate the manifests with Argo CD's sync waves
  --json           report as JSON

Exit code 0: rendered; 1: refused; 2: wrong options.`;

const path = (given: string | undefined): string | undefined => given && resolve(given);

async function main(): Promise<number> {
  const options = readArguments(
    {
      out: { type: "string" },
      stack: { type: "string", multiple: true },
      stacks: { type: "string" },
      contracts: { type: "string" },
      base: { type: "string" },
      argocd: { type: "boolean" },
      json: { type: "boolean" },
    },
    usage,
  );
  if (!options.out) throw argumentError("--out", options.out ?? "", "the folder of the manifests");
  const result = await render({
    stacksFolder: path(options.stacks) ?? join(root, "stacks"),
    stacks: options.stack ?? [],
    out: resolve(options.out),
    contracts: path(options.contracts),
    base: path(options.base),
    argocd: options.argocd ?? false,
  });
  const refused = result.failed.length > 0;
  if (options.json) process.stdout.write(`${printableJson({ version: 1, ...result })}\n`);
  else if (refused) throw refusal(result.failed);
  else process.stdout.write(textOf(result, options.out));
  return refused ? 1 : 0;
}

function refusal(failed: RenderResult["failed"]): UserError {
  const details = failed.map(({ stack, subject, ...finding }) => ({ ...finding, subject: `${stack}: ${subject}` }));
  const problem = "they cannot be rendered as configured, so nothing is written";
  return new UserError("render-refused", { subject: "manifests", problem, remedy: "Correct the details" }, details);
}

function textOf({ warnings, pending, changes, files }: RenderResult, out: string): string {
  const all = [...changes.trust, ...changes.federation, ...changes.manifests];
  return [
    ...all.map(({ sign, text }) => `${sign} ${printable(text)}`),
    ...pending.map(({ mesh, name, from, reason }) =>
      printable(`pending: ${mesh} imports ${name} from ${from}: ${reason}`),
    ),
    ...warnings.map((warning) => `warning: ${logLine(warning)}`),
    `${out}: written ${files.written.length}, deleted ${files.deleted.length}, unchanged ${files.unchanged}`,
    "",
  ].join("\n");
}

/** With --json, an error is data too: its code and its details, as {@link UserError.toJSON} has them. */
function failAsAsked(error: unknown): never {
  const { values } = parseArgs({ options: { json: { type: "boolean" } }, strict: false });
  if (values["json"] && error instanceof UserError)
    process.stdout.write(`${printableJson({ version: 1, error: error.toJSON() })}\n`);
  return fail(error);
}

main().then(exit, failAsAsked);

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";
import { assumeExporter } from "./assumedExporter.ts";
import { runCommand, type Command, type RunOptions } from "./command.ts";
import { library } from "./packageVersions.ts";
import { previewedContract } from "./previewedContract.ts";

export interface FirstPreview {
  /** Folder of the project. */
  folder: string;
  exporter: string;
  importer: string;
  /** Whether the exporter's stack is brought up, in place of a preview. */
  up: boolean;
  /** Whether Pulumi may ask. */
  isInteractive: boolean;
}

/** The commands up to the preview of the first import, in order. */
export function previewCommands({ folder, exporter, importer, up, isInteractive }: FirstPreview): Command[] {
  const quiet = isInteractive ? [] : ["--non-interactive"];
  const agreed = isInteractive ? [] : ["--yes", "--skip-preview"];
  const pulumi = (...words: string[]): Command => ["pulumi", ...words, ...quiet];
  return [
    ...(hasPackages(folder) ? [] : [["npm", "install"] as const]),
    pulumi("stack", "init", exporter, "--no-select"),
    pulumi("stack", "init", importer, "--no-select"),
    up ? pulumi("up", "--stack", exporter, ...agreed) : pulumi("preview", "--stack", exporter),
    // Without its properties, an import is a name.
    pulumi("preview", "--stack", importer, "--diff"),
  ];
}

/** Whether a program in a folder finds the library: in its `node_modules`, or further up as in a workspace. */
function hasPackages(folder: string): boolean {
  if (existsSync(join(folder, "node_modules", library.name))) return true;
  return dirname(folder) !== folder && hasPackages(dirname(folder));
}

/** Whether Pulumi's CLI is on PATH. */
export async function hasPulumi(): Promise<boolean> {
  return (await runCommand(["pulumi", "version"], { cwd: ".", isQuiet: true })) === 0;
}

/**
 * How the last preview ends: with the import as it is after the exporter's `up`, with the import as it will be then, or
 * without the import, because the exporter's preview does not know where its gateway will be.
 */
export type FirstPreviewResult = "shown" | "assumed" | "pending";

/**
 * Runs the commands; their output is the user's. Without `up`, the importer's preview takes the exporter as the
 * exporter's own preview shows it: no backend of the user, no cluster and no file of the project changes by that.
 * @throws UserError `init-preview-failed`
 */
export async function firstPreview(preview: FirstPreview, say: (line: string) => void): Promise<FirstPreviewResult> {
  const own = mkdtempSync(join(tmpdir(), "mesh-federation-first-preview-"));
  try {
    return await previewIn(own, preview, say);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

async function previewIn(own: string, preview: FirstPreview, say: (line: string) => void): Promise<FirstPreviewResult> {
  const { folder, exporter, importer, up } = preview;
  const commands = previewCommands(preview);
  const [ofExporter, ofImporter] = commands.splice(-2) as [Command, Command];
  const shown = (command: Command, options: Partial<RunOptions> = {}, words: string[] = []): Promise<void> => {
    say(`\n$ ${command.join(" ")}`);
    return mustRun(command, { cwd: folder, ...options }, folder, words);
  };
  for (const command of commands) await shown(command);
  if (up) {
    for (const command of [ofExporter, ofImporter]) await shown(command);
    return "shown";
  }
  const log = join(own, "events.json");
  // Pulumi has the option, by which its Automation API reads events, only with the variable.
  await shown(ofExporter, { env: { PULUMI_DEBUG_COMMANDS: "true" } }, ["--event-log", log]);
  const contract = previewedContract(log, exporter);
  if (!contract) {
    say(`\n$ ${ofImporter.join(" ")}`);
    return (await runCommand(ofImporter, { cwd: folder })) === 0 ? "shown" : "pending";
  }
  say(
    `\nThe next preview is as if mesh ${exporter} were up: it takes from the preview above what ${exporter} publishes,`,
  );
  say("and keeps it in a backend of its own, which is deleted at the end.");
  const assumed = { folder, exporter, importer, contract, own };
  const { words, env } = await assumeExporter(assumed, (command, options) => mustRun(command, options, folder));
  await shown(ofImporter, { env }, words);
  return "assumed";
}

/** @param words further ones, which no message needs */
async function mustRun(command: Command, options: RunOptions, folder: string, words: string[] = []): Promise<void> {
  const code = await runCommand([...command, ...words], options);
  if (code === 0) return;
  throw new UserError("init-preview-failed", {
    subject: command.join(" "),
    problem: code === undefined ? "it cannot be run" : `it ended with exit code ${code}`,
    remedy: `The project is written. Correct what the output above names, and run the rest in ${folder}`,
  });
}

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../federation/errors/userError.ts";
import { library } from "./packageVersions.ts";

export interface FirstPreview {
  /** Folder of the project. */
  folder: string;
  exporter: string;
  importer: string;
  /** Whether the exporter's stack is brought up. The import is not known before. */
  up: boolean;
  /** Whether Pulumi may ask. */
  isInteractive: boolean;
}

type Command = readonly [string, ...string[]];

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
    pulumi("preview", "--stack", importer),
  ];
}

/** Whether a program in a folder finds the library: in its `node_modules`, or further up as in a workspace. */
function hasPackages(folder: string): boolean {
  if (existsSync(join(folder, "node_modules", library.name))) return true;
  return dirname(folder) !== folder && hasPackages(dirname(folder));
}

/** Whether Pulumi's CLI is on PATH. */
export const hasPulumi = (): Promise<boolean> => run(["pulumi", "version"], ".", "ignore").then((code) => code === 0);

/**
 * Runs the commands; their output is the user's. Without `up`, the last one fails with `import-pending`: that is what
 * there is to see.
 * @returns whether the last preview shows the import
 * @throws UserError `init-preview-failed`
 */
export async function firstPreview(preview: FirstPreview, say: (line: string) => void): Promise<boolean> {
  const commands = previewCommands(preview);
  for (const [i, command] of commands.entries()) {
    say(`\n$ ${command.join(" ")}`);
    const code = await run(command, preview.folder, "inherit");
    if (code === 0) continue;
    if (i === commands.length - 1 && !preview.up) return false;
    throw new UserError("init-preview-failed", {
      subject: command.join(" "),
      problem: code === undefined ? "it cannot be run" : `it ended with exit code ${code}`,
      remedy: `The project is written. Correct what the output above names, and run the rest in ${preview.folder}`,
    });
  }
  return true;
}

/** The exit code of a command; undefined where it cannot be run. */
function run([program, ...words]: Command, cwd: string, stdio: "inherit" | "ignore"): Promise<number | undefined> {
  return new Promise((done) =>
    spawn(program, words, { cwd, stdio })
      .on("error", () => done(undefined))
      .on("close", (code) => done(code ?? 1)),
  );
}

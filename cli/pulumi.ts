import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { UserError } from "../federation/errors/userError.ts";
import { loadOffline } from "../tools/offline.ts";
import type { Toolchain } from "../tools/index.ts";
import { consoleProgress } from "../tools/progress.ts";
import { run } from "../tools/run.ts";
import type { Source } from "../tools/source.ts";
import { exit, fail } from "./arguments.ts";
import { needsLab } from "../workspace/needsLab.ts";
import { configCommands, ensureStack, pulumiInvocation } from "../workspace/pulumiCommand.ts";
import { committedFile, keepChanges } from "../workspace/stackConfig.ts";
import { prepareTools } from "../workspace/tools.ts";
import { root } from "../workspace/workspace.ts";

/** `npm run pulumi -- <arguments>`: Pulumi itself, in this project's environment and, where there is one, its lab. */
async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const inLab = async (source: Source): Promise<boolean> =>
    labCommands.includes(args[0] ?? "") && needsLab(source, root);
  const progress = consoleProgress();
  const tools = await prepareTools({
    progress,
    before: async (source) =>
      void ((await inLab(source)) && (await (await loadOffline()).ensurePrerequisites(progress))),
  });
  const usesConfig = configCommands.includes(args[0] ?? "");
  const stack = stackOf(args) ?? (usesConfig ? await chosenStack(tools) : undefined);
  const extra: string[] = [];
  if (stack && usesConfig) {
    if (!existsSync(committedFile(stack)))
      throw new UserError("stack-unknown", {
        subject: `stack "${stack}"`,
        problem: `stacks/Pulumi.${stack}.yaml does not exist`,
        remedy: "Create the file, or correct the name",
      });
    extra.push("--config-file", await ensureStack(tools, stack));
  }
  // Sources and clusters of registry mode are in the lab; where it runs already this takes a moment.
  if (await inLab(tools.source)) await (await loadOffline()).startLab(root, progress);
  const invocation = await pulumiInvocation(tools, [...args, ...extra]);
  const child = spawn(invocation.command, invocation.args, {
    cwd: root,
    env: { ...process.env, ...invocation.env },
    stdio: "inherit",
  });
  // The terminal sends its signals to the child as well; we only have to wait for its answer to them.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => signal === "SIGINT" || child.kill(signal));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit, signal) => resolve(exit ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
  if (stack && args[0] === "config") keepChanges(stack);
  return code;
}

/** Pulumi's commands that run the program or talk to a cluster. */
const labCommands = ["up", "update", "preview", "destroy", "refresh", "import", "watch"];

/** The stack that the arguments name, as `--stack x`, `--stack=x`, `-s x` or `-sx`. */
function stackOf(args: string[]): string | undefined {
  for (const [i, argument] of args.entries()) {
    if (argument === "--") return undefined;
    if (argument === "--stack" || argument === "-s") return args[i + 1];
    const attached = /^(?:--stack=|-s=?)(.+)$/.exec(argument)?.[1];
    if (attached) return attached;
  }
  return undefined;
}

/** The stack that Pulumi takes where its arguments name none: by its variable, or by `stack select`. */
async function chosenStack(tools: Toolchain): Promise<string | undefined> {
  const ask = async (): Promise<string> => {
    const { command, args, env } = await pulumiInvocation(tools, ["stack", "--show-name", "--non-interactive"]);
    // Where none is selected, that is an error.
    return (await run(command, args, { cwd: root, env }).catch(() => "")).trim();
  };
  return (process.env["PULUMI_STACK"] || (await ask())).split("/").at(-1) || undefined;
}

main().then(exit, fail);

import { spawn } from "node:child_process";
import { reveal, Secret, type Value, type Values } from "../shared/values.ts";

/** A command to run; values may be secret. */
export interface Execution {
  script: Value;
  /** Program and arguments that come before the script. Default, also for none: `/bin/sh -c`. */
  interpreter?: Value;
  dir?: Value;
  stdin?: Value;
  /** Which of its outputs the engine shows as they come: `stdout`, `stderr`, `stdoutAndStderr` (default), `none`. */
  logging?: Value;
  environment: Values;
}

/**
 * Runs a command to its end and returns what it printed, each without its last line feed. It leads a process group of
 * its own, which ends as a whole when `signal` fires. No secret gets into process arguments, log lines or the error.
 *
 * @throws with exit code, command line and outputs when it fails
 */
export async function execute(
  execution: Execution,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<{ stdout: string; stderr: string }> {
  signal.throwIfAborted();
  const mask = masker([execution.script, execution.stdin, ...Object.values(execution.environment)]);
  const { argv, environment } = commandLine(execution);
  const logging = (reveal(execution.logging ?? null) as string | null) ?? "stdoutAndStderr";
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: execution.dir === undefined ? undefined : reveal(execution.dir),
    env: { ...process.env, ...environment },
    stdio: [execution.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: true,
  });
  const stop = (): void => endGroup(child.pid);
  signal.addEventListener("abort", stop, { once: true });
  try {
    // A command may end without reading its input.
    if (execution.stdin !== undefined) child.stdin!.on("error", () => undefined).end(reveal(execution.stdin));
    const both: string[] = [];
    const outputs = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      const show =
        logging === stream || logging === "stdoutAndStderr" ? lineSplitter((line) => log(mask(line))) : undefined;
      child[stream]!.setEncoding("utf8").on("data", (text: string) => {
        outputs[stream] += text;
        both.push(text);
        show?.(text);
      });
      child[stream]!.on("end", () => show?.(null));
    }
    const ended = await new Promise<string>((resolve, reject) => {
      child.on("error", (error) =>
        reject(
          new Error(
            `cannot run ${argv[0]}: ${error.message}; does it exist, and the directory ` +
              `${reveal(execution.dir ?? "") || "."}?`,
          ),
        ),
      );
      child.on("close", (code, by) => resolve(by ? `signal: ${by}` : code === 0 ? "" : `exit status ${code}`));
    });
    if (signal.aborted) throw new Error("the command was stopped before its end, because the operation was cancelled");
    if (ended)
      throw new Error(`${ended}: running ${mask(JSON.stringify(reveal(execution.script)))}:\n${mask(both.join(""))}`);
    return { stdout: outputs.stdout.replace(/\n$/, ""), stderr: outputs.stderr.replace(/\n$/, "") };
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Process arguments can be read by every user of the machine, an environment only by the same user. */
function commandLine(execution: Execution): { argv: string[]; environment: Record<string, string> } {
  const environment = reveal(execution.environment) as Record<string, string>;
  const given = reveal(execution.interpreter ?? []) as string[];
  const interpreter = given.length > 0 ? given : ["/bin/sh", "-c"];
  const script = reveal(execution.script) as string;
  if (!(execution.script instanceof Secret)) return { argv: [...interpreter, script], environment };
  if (!/(^|\/)(ba|da|z|k)?sh$/.test(interpreter[0]!) || interpreter.at(-1) !== "-c")
    throw new Error(
      `the command's text is secret, and ${interpreter.join(" ")} would show it among the ` +
        "process arguments: pass the secret in stdin or environment, and let the text be " +
        "plain",
    );
  const variable = "PULUMI_COMMAND_TEXT";
  return {
    argv: [...interpreter, `_text=$${variable}; unset ${variable}; eval "$_text"`],
    environment: { ...environment, [variable]: script },
  };
}

/** Replaces every secret among `values` in a text. Very short ones are left: they would hit innocent words. */
function masker(values: (Value | undefined)[]): (text: string) => string {
  const secrets = values.flatMap((value) => (value instanceof Secret ? [String(reveal(value))] : []));
  const parts = secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), ...secret.split("\n")])
    .filter((part) => part.length > 3);
  return (text) => parts.reduce((masked, part) => masked.replaceAll(part, "[secret]"), text);
}

function lineSplitter(take: (line: string) => void): (text: string | null) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + (text ?? "")).split("\n");
    rest = text === null ? "" : lines.pop()!;
    lines.filter((line) => text !== null || line !== "").forEach(take);
  };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  const send = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch {
      // It has ended.
    }
  };
  send("SIGTERM");
  // Soon enough to be done before a plugin whose engine is gone ends itself.
  setTimeout(send, 300, "SIGKILL");
}

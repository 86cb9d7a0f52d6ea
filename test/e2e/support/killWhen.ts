import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Kills a program's process group `delay` milliseconds after its output is `ready`. Throws when it ends before. */
export async function killWhen(
  child: ChildProcessWithoutNullStreams,
  ready: (output: string) => boolean,
  delay = 0,
): Promise<void> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let over = false;
  void ended.then(() => (over = true));
  for (const until = Date.now() + 240_000; !ready(output) && !over; await sleep(50))
    if (Date.now() > until) throw new Error(`the output to wait for did not appear:\n${output.slice(-3000)}`);
  await sleep(delay);
  if (over) throw new Error(`the run ended before it was killed:\n${output.slice(-3000)}`);
  process.kill(-child.pid!, "SIGKILL");
  await ended;
  process.stderr.write(`killed after: ${output.trim().split("\n").at(-1)}\n`);
}

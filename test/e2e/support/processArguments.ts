import { readdirSync, readFileSync } from "node:fs";

/** Collects the command lines of every process that runs while it watches. */
export class ProcessArguments {
  private readonly seen = new Set<string>();
  private readonly timer = setInterval(() => this.look(), 25);

  /** Ends the watch; everything seen as one text. */
  stop(): string {
    clearInterval(this.timer);
    return [...this.seen].join("\n");
  }

  private look(): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        this.seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It ended.
      }
    }
  }
}

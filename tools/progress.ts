/** Says what is going on: one line when a step starts, ends or fails, and a sign of life in between. */
export interface Progress {
  /** Starts a step. `expectedSeconds` is how long it takes when nothing is cached; it determines the time left. */
  step(name: string, expectedSeconds?: number): Step;
  /** Prints a line that belongs to no step. */
  note(line: string): void;
}

/** A step that has started; ends by `done` or `fail`, once. */
export interface Step {
  /** What the step is doing now; shown in the next sign of life. */
  update(text: string): void;
  done(text?: string): void;
  fail(error: unknown): void;
}

/** Seconds between two signs of life of a running step. */
const heartbeatSeconds = 20;

/** Progress as plain lines, each with the time since the start; the same on a terminal and in a CI log. */
export function consoleProgress(stream: NodeJS.WritableStream = process.stderr): Progress {
  const started = Date.now();
  const line = (text: string) => void stream.write(`[${clock(Date.now() - started)}] ${text}\n`);
  return {
    note: line,
    step(name, expectedSeconds) {
      const begun = Date.now();
      let doing = "";
      const seconds = () => (Date.now() - begun) / 1000;
      line(`${name} ...${expectedSeconds ? ` (about ${duration(expectedSeconds)})` : ""}`);
      const heartbeat = setInterval(() => {
        const left = expectedSeconds ? Math.max(0, expectedSeconds - seconds()) : 0;
        line(
          `${name}: still going after ${duration(seconds())}` +
            `${left > 0 ? `, about ${duration(left)} left` : ""}${doing ? `: ${doing}` : ""}`,
        );
      }, heartbeatSeconds * 1000);
      heartbeat.unref();
      return {
        update: (text) => void (doing = text),
        done(text) {
          clearInterval(heartbeat);
          line(`${name}: done in ${duration(seconds())}${text ? ` (${text})` : ""}`);
        },
        fail(error) {
          clearInterval(heartbeat);
          line(
            `${name}: FAILED after ${duration(seconds())}: ${error instanceof Error ? error.message : String(error)}`,
          );
        },
      };
    },
  };
}

/** "4 s", "1 min 5 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

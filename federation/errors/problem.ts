/**
 * A mistake of the user's: a wrong configuration value or a federation that cannot work.
 * Its message is complete (what was given, what is allowed, what to do next) and is shown without a stack trace.
 */
export class Problem extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Problem";
    // The Pulumi host prints `stack` where there is one; for a user's mistake it would only hide the message.
    this.stack = message;
  }
}

/** Collects problems so that one preview names all of them, and throws them as one. */
export class Problems {
  private readonly found: string[] = [];

  add(message: string): void {
    this.found.push(message);
  }

  /** Throws a `Problem` with every message collected so far, under `heading`; does nothing when there is none. */
  throwIfAny(heading: string): void {
    if (this.found.length > 0) throw new Problem([heading, ...this.found.map((m) => `  - ${m}`)].join("\n"));
  }
}

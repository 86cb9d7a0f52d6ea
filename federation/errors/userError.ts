import type { ErrorCode } from "./catalogue/index.ts";

/** One finding about the user's input: what is wrong, with which object, and what to do. */
export interface Finding {
  /** Stable name of the kind of finding; docs/errors.md has an entry for each. */
  code: ErrorCode;
  /** The object, as the user knows it: `import "orders"`, `cluster.podSubnet`. */
  subject: string;
  /** What is wrong with it, with the value that was given and what is allowed. No full stop at the end. */
  problem: string;
  /** What to do, as an instruction. No full stop at the end. */
  remedy: string;
}

/** A finding without its code. */
export type FindingText = Omit<Finding, "code">;

/**
 * A mistake of the user's: a configuration that is not valid, or a federation that cannot work.
 *
 * Code reads `code` and `details`, never the message. The message is for people: one line
 * `<subject>: <problem>. <remedy>. [code]`, then a line for each detail.
 */
export class UserError extends Error implements Finding {
  readonly code: ErrorCode;
  readonly subject: string;
  readonly problem: string;
  readonly remedy: string;
  /** The findings behind an error that summarizes several; empty for an error of its own. */
  readonly details: readonly Finding[];
  /** The mark of Pulumi's `RunError`: its language host prints the message alone, wherever a program throws it. */
  readonly __pulumiRunError = true;

  constructor(code: ErrorCode, text: FindingText, details: readonly Finding[] = [], options?: ErrorOptions) {
    super(
      [findingText({ code, ...text }), ...details.map((detail) => `  - ${findingText(detail)}`)].join("\n"),
      options,
    );
    this.name = "UserError";
    this.code = code;
    this.subject = text.subject;
    this.problem = text.problem;
    this.remedy = text.remedy;
    this.details = details;
    // Pulumi's language host prints `stack` where there is one; a stack trace buries the message.
    this.stack = this.message;
  }

  /** The error as data, for JSON. */
  toJSON(): Finding & { details: readonly Finding[] } {
    const { code, subject, problem, remedy, details } = this;
    return { code, subject, problem, remedy, details };
  }
}

/** A finding as one line: `<subject>: <problem>. <remedy>. [code]`. */
export function findingText({ code, ...text }: Finding): string {
  return `${findingSentences(text)} [${code}]`;
}

/** A finding as {@link findingText} writes it, without its code. */
export function findingSentences({ subject, problem, remedy }: FindingText): string {
  return printable(`${subject}: ${sentence(problem)}${remedy ? ` ${sentence(remedy)}` : ""}`);
}

/**
 * A text that cannot act in a terminal: control characters, and what hides or reorders text, are written as `\\u{...}`.
 * Line feeds stay. A finding quotes what a peer, a cluster or a file says.
 */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (found) => `\\u{${found.codePointAt(0)!.toString(16)}}`);
}

/** A text on one line that cannot act in a terminal: it may be what a peer answers. */
export function inline(text: string): string {
  return printable(text.replace(/[\n\r\t]+/g, " "));
}

/** A value as JSON text, in which what could act in a terminal is an escape: readers get the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(unprintable, (found) =>
    // One escape for each UTF-16 unit.
    found.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

/** Control characters, and what hides or reorders text, without the line feed. */
const unprintable = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Collects findings, so that one run reports all of them. */
export class Findings {
  private readonly found: Finding[] = [];

  /** The findings so far. */
  get all(): readonly Finding[] {
    return this.found;
  }

  add(code: ErrorCode, text: FindingText): void {
    this.found.push({ code, ...text });
  }

  addAll(findings: readonly Finding[]): void {
    this.found.push(...findings);
  }

  /** Throws a {@link UserError} with everything found; does nothing when nothing was found. */
  throwIfAny(code: ErrorCode, text: FindingText): void {
    if (this.found.length > 0) throw new UserError(code, text, this.found);
  }
}

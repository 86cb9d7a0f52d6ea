import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "./wire.ts";

/** One call of a recording; see offline/test/fixtures/traces/README.md. */
export interface Recorded {
  file: string;
  plugin: string;
  method: string;
  request: Json;
  response: Json | null;
  errors?: string[];
}

const folder = join(import.meta.dirname, "..", "..", "fixtures", "traces");

/** The recorded calls of one plugin, or of the engine's `monitor`, in order. */
export function recorded(plugin: string): Recorded[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .sort();
  const calls = files.flatMap((file) =>
    readFileSync(join(folder, file), "utf8")
      .trim()
      .split("\n")
      .map((line) => ({ file: file.slice(0, 2), ...JSON.parse(line) }) as Recorded),
  );
  return calls.filter((call) => call.plugin === plugin);
}

/** What a recorded call is about, for the title of a test. */
export function titleOf({ file, method, request }: Recorded): string {
  return [
    file,
    method,
    String(request["urn"] ?? request["tok"] ?? request["name"] ?? "")
      .split("::")
      .slice(2)
      .join(" "),
    request["preview"] || request["dryRun"] ? "(preview)" : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * What stands for what: a recording's scrubbed texts and made-up values (ids, times), and those of the run at hand, so
 * that a later request carries what an earlier answer brought.
 */
export class Bindings {
  private readonly known = new Map<unknown, unknown>();

  bind(recorded: unknown, actual: unknown): void {
    this.known.set(recorded, actual);
  }

  /** The value, or what this run has in its place. */
  of(value: any): any {
    if (this.known.has(value)) return this.known.get(value);
    if (Array.isArray(value)) return value.map((v) => this.of(v));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, this.of(v)]));
  }

  /**
   * Where an answer differs from the recorded one. Values at `varying` paths, and scrubbed texts, need only be of
   * the same type, and the first one seen is bound.
   */
  differences(expected: any, actual: any, varying: RegExp[], path = ""): string[] {
    if (this.known.has(expected) && typeof expected !== "object") expected = this.known.get(expected);
    else if (
      typeof expected !== "object" &&
      (varying.some((v) => v.test(path)) || (typeof expected === "string" && /^<(pem|base64) \w+>$/.test(expected)))
    ) {
      if (typeof actual !== typeof expected || actual === "")
        return [`${path}: ${JSON.stringify(expected)} recorded, ${JSON.stringify(actual)} answered`];
      this.bind(expected, actual);
      return [];
    }
    if (varying.some((v) => v.test(path))) return [];
    const both = [expected, actual];
    if (both.every(Array.isArray)) {
      const length = Math.max(expected.length, actual.length);
      return Array.from({ length }, (_, i) =>
        this.differences(expected[i], actual[i], varying, `${path}[${i}]`),
      ).flat();
    }
    if (both.every((v) => typeof v === "object" && v !== null && !Array.isArray(v))) {
      const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
      return keys.flatMap((key) =>
        this.differences(expected[key], actual[key], varying, path ? `${path}.${key}` : key),
      );
    }
    return Object.is(expected, actual)
      ? []
      : [`${path}: ${JSON.stringify(expected)} recorded, ${JSON.stringify(actual)} answered`];
  }
}

/** State of a Release as the official plugin wrote it, without the secret `__inputs`, which equal `inputs`. */
export interface ReleaseState {
  name: string;
  inputs: Json;
  outputs: Json;
}

/** Recording 16. */
export function recordedReleases(): ReleaseState[] {
  return JSON.parse(readFileSync(join(folder, "16-release-state.json"), "utf8")) as ReleaseState[];
}

import { leafChanges } from "../changes/words.ts";

/** The fields of a state in Pulumi's JSON that are used here. */
interface State {
  type?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

/** What an operation does with one resource. */
export interface Step {
  op: string;
  urn: string;
  oldState?: State;
  newState?: State;
  detailedDiff?: Record<string, { kind: string }> | null;
}

/** The output of `pulumi preview --json` and `pulumi refresh --preview-only --json`. */
interface PulumiJson {
  steps?: Step[];
  changeSummary?: Record<string, number>;
  diagnostics?: { message: string; severity: string }[];
}

/** A resource that an operation touches. */
export interface TouchedResource {
  op: "create" | "update" | "replace" | "delete" | "refresh";
  type: string;
  name: string;
  urn: string;
  /** Properties that change, one line each; empty for a created or deleted resource. */
  details: string[];
}

/** A resource as a policy sees it. */
export interface PreviewedResource {
  type: string;
  name: string;
  props: Record<string, unknown>;
}

/** The preview of a stack. */
export interface PreviewReport {
  touched: TouchedResource[];
  /** A step of each touched resource, with its state after the operation where it has one. */
  steps: Step[];
  unchanged: number;
  errors: string[];
  warnings: string[];
  /** All resources after the operation. */
  resources: PreviewedResource[];
}

/** Kinds of steps that together are one replacement of a resource. */
const replacing = ["replace", "create-replacement", "delete-replaced", "read-replacement", "discard-replaced"];
// A read changes nothing: every preview reads each reference to another stack.
const plain = ["create", "update", "delete", "refresh"] as const;

/** Reads the output of Pulumi. Throws a SyntaxError when it is no JSON. */
export function readPreview(text: string): PreviewReport {
  const json = JSON.parse(text) as PulumiJson;
  const touched = new Map<string, TouchedResource>();
  const steps = new Map<string, Step>();
  for (const step of json.steps ?? []) {
    const op = replacing.includes(step.op) ? "replace" : plain.find((p) => p === step.op);
    if (!op) continue;
    // One of the steps of a replacement has no new state.
    if (!steps.get(step.urn)?.newState) steps.set(step.urn, step);
    if (touched.get(step.urn)?.op === "replace") continue;
    touched.set(step.urn, {
      op,
      type: typeOf(step),
      name: nameOf(step.urn),
      urn: step.urn,
      details: op === "update" || op === "replace" || op === "refresh" ? detailsOf(step) : [],
    });
  }
  const gone = new Set([...touched.values()].filter((t) => t.op === "delete").map((t) => t.urn));
  const after = new Map((json.steps ?? []).filter((s) => s.newState && !gone.has(s.urn)).map((s) => [s.urn, s]));
  return {
    touched: [...touched.values()],
    steps: [...steps.values()],
    unchanged: json.changeSummary?.["same"] ?? 0,
    errors: messages(json, "error"),
    warnings: messages(json, "warning"),
    resources: [...after.values()].map((s) => ({
      type: typeOf(s),
      name: nameOf(s.urn),
      props: s.newState!.inputs ?? s.newState!.outputs ?? {},
    })),
  };
}

/** Counts in words, such as `1 to update, 8 unchanged`. */
export function countsOf({ touched, unchanged }: PreviewReport): string {
  const kinds = ["create", "update", "replace", "delete"] as const;
  const changes = kinds.flatMap((kind) => {
    const count = touched.filter((t) => t.op === kind).length;
    return count > 0 ? [`${count} to ${kind}`] : [];
  });
  return [...changes, `${unchanged} unchanged`].join(", ");
}

function messages(json: PulumiJson, severity: string): string[] {
  const found = (json.diagnostics ?? [])
    .filter((d) => d.severity === severity)
    .map((d) => d.message.trim().replace(new RegExp(`^${severity}: `), ""));
  // After an error of the program Pulumi adds a summary.
  return [...new Set(found)].filter((m) => m !== "" && m !== "preview failed" && m !== "update failed");
}

/** The changed properties, with their values where the inputs have them. Pulumi masks the secrets. */
function detailsOf({ oldState, newState, detailedDiff }: Step): string[] {
  const lines = leafChanges(oldState?.inputs ?? {}, newState?.inputs ?? {}).filter((line) => !line.startsWith("__"));
  const listed = (path: string): boolean => lines.some((line) => line.startsWith(path.split(/[.[]/)[0]!));
  return [
    ...lines,
    ...Object.entries(detailedDiff ?? {}).flatMap(([path, { kind }]) => (listed(path) ? [] : [`${path} (${kind})`])),
  ];
}

function typeOf(step: Step): string {
  return step.newState?.type ?? step.oldState?.type ?? step.urn.split("::")[2]!.split("$").at(-1)!;
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

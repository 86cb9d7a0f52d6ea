import { leafChanges } from "../changes/words.ts";

/** A state in Pulumi's JSON, as far as it is used here. */
interface State {
  type?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

interface Step {
  op: string;
  urn: string;
  oldState?: State;
  newState?: State;
  detailedDiff?: Record<string, { kind: string }> | null;
}

/** What `pulumi preview --json` and `pulumi refresh --preview-only --json` print. */
interface PulumiJson {
  steps?: Step[];
  changeSummary?: Record<string, number>;
  diagnostics?: { message: string; severity: string }[];
}

/** A resource that an operation would touch. */
export interface TouchedResource {
  op: "create" | "update" | "replace" | "delete" | "refresh";
  type: string;
  name: string;
  urn: string;
  /** Properties that change, one line each; empty for what is created or deleted. */
  details: string[];
}

/** A resource as a policy sees it. */
export interface PreviewedResource {
  type: string;
  name: string;
  props: Record<string, unknown>;
}

/** What a preview of a stack says. */
export interface PreviewReport {
  touched: TouchedResource[];
  unchanged: number;
  errors: string[];
  warnings: string[];
  /** Every resource that there would be afterwards. */
  resources: PreviewedResource[];
}

/** Kinds of steps that are one change of a resource together. */
const replacing = ["replace", "create-replacement", "delete-replaced", "read-replacement", "discard-replaced"];
// Nothing is done to what is only read: each reference to another stack is read in every preview.
const plain = ["create", "update", "delete", "refresh"] as const;

/** Reads what Pulumi printed. Throws when it is not what Pulumi prints. */
export function readPreview(text: string): PreviewReport {
  const json = JSON.parse(text) as PulumiJson;
  const touched = new Map<string, TouchedResource>();
  for (const step of json.steps ?? []) {
    const op = replacing.includes(step.op) ? "replace" : plain.find((p) => p === step.op);
    if (!op || touched.get(step.urn)?.op === "replace") continue;
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

/** Counts in words, e.g. `1 to update, 8 unchanged`. */
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
  // A program that fails makes Pulumi repeat that it failed.
  return [...new Set(found)].filter((m) => m !== "" && m !== "preview failed" && m !== "update failed");
}

/** What Pulumi says of the properties, with their values where the inputs have them; secrets are masked by Pulumi already. */
function detailsOf({ oldState, newState, detailedDiff }: Step): string[] {
  const lines = leafChanges(oldState?.inputs ?? {}, newState?.inputs ?? {}).filter((line) => !line.startsWith("__"));
  const told = (path: string): boolean => lines.some((line) => line.startsWith(path.split(/[.[]/)[0]!));
  return [
    ...lines,
    ...Object.entries(detailedDiff ?? {}).flatMap(([path, { kind }]) => (told(path) ? [] : [`${path} (${kind})`])),
  ];
}

function typeOf(step: Step): string {
  return step.newState?.type ?? step.oldState?.type ?? step.urn.split("::")[2]!.split("$").at(-1)!;
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

import { changedPaths } from "../../shared/changes.ts";
import type { DiffKind, DiffResult } from "../../shared/plugin.ts";
import { equal, isObject, reveal, type Values } from "../../shared/values.ts";
import type { Options } from "../cluster.ts";
import { isAutonamed } from "./check.ts";
import { isIdentity, needsReplacement } from "./replaceRules.ts";
import { secretData } from "./state.ts";

/** What differs between what was asked for and what is asked for now, and whether that takes a new object. */
export function diffObject(before: Values, after: Values, options: Options): DiffResult {
  return diffInputs(before, after, (path) => needsReplacement(apiVersionOf(after), String(reveal(after["kind"] ?? "")), path, options));
}

/** The same for a patch: it does not make its object, so it can make it anew no more; only another object is another patch. */
export function diffPatch(before: Values, after: Values): DiffResult {
  return diffInputs(before, after, isIdentity);
}

function diffInputs(before: Values, after: Values, needsNew: (path: string) => boolean): DiffResult {
  const detailedDiff: Record<string, { kind: DiffKind }> = {};
  const replaces: string[] = [];
  for (const change of changedPaths(secretData(before), secretData(after))) {
    // A kind keeps its objects when it is asked for under another version of its group.
    if (change.path === "apiVersion" && groupOf(before) === groupOf(after)) continue;
    const replace = needsNew(change.path) || change.path === "apiVersion";
    detailedDiff[change.path] = { kind: replace ? `${change.kind}-replace` : change.kind };
    if (replace) replaces.push(change.path);
  }
  return {
    changes: Object.keys(detailedDiff).length > 0,
    replaces,
    detailedDiff,
    // Two objects of one name cannot stand side by side; one that was named here gets another name.
    deleteBeforeReplace: replaces.length > 0 && !isAutonamed(after) && sameName(before, after),
  };
}

function sameName(before: Values, after: Values): boolean {
  const names = [before, after].map((inputs) => (isObject(inputs["metadata"]) ? (inputs["metadata"] as Values) : {}));
  return equal(names[0]!["name"], names[1]!["name"]) && equal(names[0]!["namespace"], names[1]!["namespace"]);
}

function apiVersionOf(inputs: Values): string {
  return String(reveal(inputs["apiVersion"] ?? ""));
}

function groupOf(inputs: Values): string {
  const version = apiVersionOf(inputs);
  return version.includes("/") ? version.split("/")[0]! : "";
}

import { changedPaths } from "../../shared/changes.ts";
import type { DiffKind, DiffResult } from "../../shared/plugin.ts";
import { equal, isObject, reveal, type Values } from "../../shared/values.ts";
import type { Options } from "../cluster.ts";
import { isAutonamed } from "./check.ts";
import { needsReplacement } from "./replaceRules.ts";
import { secretData } from "./state.ts";

/** What differs between what was asked for and what is asked for now, and whether that takes a new object. */
export function diffObject(before: Values, after: Values, options: Options): DiffResult {
  const [apiVersion, kind] = [String(reveal(after["apiVersion"] ?? "")), String(reveal(after["kind"] ?? ""))];
  const detailedDiff: Record<string, { kind: DiffKind }> = {};
  const replaces: string[] = [];
  for (const change of changedPaths(secretData(before), secretData(after))) {
    // A kind keeps its objects when it is asked for under another version of its group.
    if (change.path === "apiVersion" && groupOf(before) === groupOf(after)) continue;
    const replace = needsReplacement(apiVersion, kind, change.path, options) || change.path === "apiVersion";
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

function groupOf(inputs: Values): string {
  const version = String(reveal(inputs["apiVersion"] ?? ""));
  return version.includes("/") ? version.split("/")[0]! : "";
}

import { changedPaths } from "../../shared/changes.ts";
import type { DiffKind, DiffResult } from "../../shared/plugin.ts";
import { equal, isObject, reveal, Secret, type Values } from "../../shared/values.ts";
import type { Options } from "../cluster.ts";
import { isAutonamed } from "./check.ts";
import { contains, parsePropertyPath } from "./propertyPath.ts";
import { reached } from "./reached.ts";
import { isIdentity, needsReplacement } from "./replaceRules.ts";
import { secretData } from "./state.ts";

/** What {@link diffObject} compares. */
export interface DiffRequest {
  /** State: the object as it was seen last. */
  olds: Values;
  /** What it was asked to be. */
  inputs: Values;
  /** What it is asked to be now. */
  news: Values;
  /** Property paths whose changes do not count. */
  ignoreChanges: string[];
  /** Whether it is to be made anew since it is not ready. Default false. */
  unready?: boolean;
}

/**
 * What differs between what an object has become and what it is asked to be now, and whether that takes a new object.
 * What nobody asked for is not looked at.
 */
export function diffObject(request: DiffRequest, options: Options): DiffResult {
  const { news } = request;
  return diffInputs(request, (path) =>
    needsReplacement(
      apiVersionOf(news),
      String(reveal(news["kind"] ?? "")),
      path,
      options,
      reveal(news["immutable"] ?? null) === true,
    ),
  );
}

/**
 * The same for a patch: it does not make its object, so it can make it anew no more; only another object is another
 * patch.
 */
export function diffPatch(request: DiffRequest): DiffResult {
  return diffInputs(request, isIdentity);
}

function diffInputs(
  { olds, inputs, news: after, ignoreChanges, unready = false }: DiffRequest,
  needsNew: (path: string) => boolean,
): DiffResult {
  const before = reached(inputs, olds);
  const ignored = ignoreChanges.map(parsePropertyPath);
  const detailedDiff: Record<string, { kind: DiffKind }> = {};
  const replaces = unready ? [`.metadata.annotations["pulumi.com/replaceUnready"]`] : [];
  for (const change of changedPaths(secretData(before), secretData(after))) {
    if (ignored.some((path) => contains(path, parsePropertyPath(change.path)))) continue;
    if (change.path === "metadata.namespace" && sameNamespace(olds, before, after)) continue;
    // A kind keeps its objects when it is asked for under another version of its group.
    if (change.path === "apiVersion" && groupOf(before) === groupOf(after)) continue;
    const replace = needsNew(change.path) || change.path === "apiVersion";
    detailedDiff[change.path] = { kind: replace ? `${change.kind}-replace` : change.kind };
    if (replace) replaces.push(change.path);
  }
  return {
    changes: unready || Object.keys(detailedDiff).length > 0,
    replaces,
    detailedDiff,
    // Two objects of one name cannot stand side by side; one that was named here gets another name.
    deleteBeforeReplace:
      replaces.length > 0 && !isAutonamed(after) && sameName(before, after) && sameNamespace(olds, before, after),
  };
}

/** Whether the next object is to have the name of this one; one whose name the server makes up gets another. */
function sameName(before: Values, after: Values): boolean {
  const name = metadataOf(after)["name"];
  return name !== undefined && equal(metadataOf(before)["name"], name);
}

/** Whether the object stays where it is: naming its namespace, or no longer naming `default`, moves nothing. */
function sameNamespace(live: Values, before: Values, after: Values): boolean {
  const [is, asked, wanted] = [live, before, after].map((object) => metadataOf(object)["namespace"]);
  // An object that is there without a namespace can have none.
  if (is === undefined && metadataOf(live)["uid"] !== undefined) return true;
  return equal(asked ?? is ?? "default", wanted ?? (asked === undefined ? (is ?? "default") : "default"));
}

function metadataOf(object: Values): Values {
  const metadata = object["metadata"];
  const plain = metadata instanceof Secret ? metadata.value : metadata;
  return isObject(plain) ? (plain as Values) : {};
}

function apiVersionOf(inputs: Values): string {
  return String(reveal(inputs["apiVersion"] ?? ""));
}

function groupOf(inputs: Values): string {
  const version = apiVersionOf(inputs);
  return version.includes("/") ? version.split("/")[0]! : "";
}

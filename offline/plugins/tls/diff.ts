import { changedPaths } from "../shared/changes.ts";
import type { DiffKind, DiffResult } from "../shared/plugin.ts";
import { hasUnknown, type Values } from "../shared/values.ts";
import { keptInputs, withDefaults, type ResourceKind } from "./kind.ts";
import { isReadyForRenewal } from "./time.ts";

/**
 * What new inputs mean for a resource, both revealed: any change makes it anew, but for inputs that only tell when to
 * renew. A certificate whose time has come is made anew too.
 */
export function diffOf(kind: ResourceKind, state: Values, news: Values, at = Date.now()): DiffResult {
  const after = keptInputs(kind, withDefaults(kind, news));
  // State from before an input existed has not got its default.
  const before = keptInputs(kind, withDefaults(kind, state));
  const detailedDiff: Record<string, { kind: DiffKind }> = {};
  const replaces = new Set<string>();
  const diffs = new Set<string>();
  for (const { path, kind: change } of changedPaths(before, after)) {
    const name = path.split(/[.[]/)[0]!;
    const inPlace = kind.inputs[name]?.updatable ?? false;
    diffs.add(name);
    if (!inPlace) replaces.add(name);
    detailedDiff[path] = { kind: inPlace ? change : `${change}-replace` };
  }
  if (kind.renews && !hasUnknown(after["earlyRenewalHours"])) {
    const ready = isReadyForRenewal(state["validityEndTime"], after["earlyRenewalHours"], at);
    if (ready || state["readyForRenewal"] === true) {
      diffs.add("readyForRenewal");
      if (ready) replaces.add("readyForRenewal");
      detailedDiff["readyForRenewal"] = { kind: ready ? "update-replace" : "update" };
    }
  }
  if (diffs.size === 0) return { changes: false };
  return { changes: true, diffs: [...diffs].sort(), replaces: [...replaces].sort(), detailedDiff };
}

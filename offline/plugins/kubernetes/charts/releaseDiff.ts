import { changedPaths, type Change } from "../../shared/changes.ts";
import type { DiffKind, DiffResult } from "../../shared/plugin.ts";
import { reveal, type Value, type Values } from "../../shared/values.ts";
import { inputsOf } from "./releaseState.ts";

/** Outputs of a release, and `checksum`, which older plugins kept as an input. */
const outputs = ["__inputs", "checksum", "resourceNames", "status"];
const replacing = ["name", "namespace"];

/**
 * Compares new inputs with a release's state. As in the official plugin, an input differs if the state has another
 * value
 * (a refresh may have changed it), and is removed if the last inputs had it.
 */
export function diffRelease(olds: Values, oldInputs: Values, news: Values, ignoreChanges: string[]): DiffResult {
  const before = withoutOutputs(inputsOf(olds) ?? oldInputs);
  const changes = [
    ...changedPaths({ ...before, ...withoutOutputs(olds) }, news).filter(({ kind }) => kind !== "delete"),
    ...changedPaths(before, news).filter(({ kind }) => kind === "delete"),
  ]
    .filter(({ path }) => path !== "version" || !ignoreChanges.includes("version"))
    .filter((change) => !addsDefault(change, news))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const kindOf = ({ path, kind }: Change): DiffKind => (replacing.includes(path) ? `${kind}-replace` : kind);
  return {
    changes: changes.length > 0,
    replaces: changes.map(({ path }) => path).filter((path) => replacing.includes(path)),
    diffs: [...new Set(changes.map(({ path }) => path.split(/[.[]/)[0]!))],
    detailedDiff: Object.fromEntries(
      changes.map((change) => [change.path, { kind: kindOf(change), inputDiff: true }] as const),
    ),
  };
}

function withoutOutputs(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !outputs.includes(name)));
}

/** Whether an input is only new to the state, as in one that an older plugin wrote, and has its default there. */
function addsDefault({ path, kind }: Change, news: Values): boolean {
  const value: Value = reveal(news[path] ?? null);
  return kind === "add" && path in news && (value === false || value === "" || value === 0);
}

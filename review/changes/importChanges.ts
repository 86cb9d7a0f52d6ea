import type { ContractExport } from "../../federation/contract/contract.ts";
import { meshesOf } from "../../federation/imports/importConfig.ts";
import type { PlannedImport, PlannedMesh } from "../revision/planRevision.ts";
import { factChanges, factsText, importFacts } from "./facts.ts";
import {
  callersOf,
  list,
  listChange,
  pair,
  serviceWithPorts,
  settingChanges,
  valueChange,
  type Change,
} from "./words.ts";

/** An import, and its export where that is known. */
interface ImportEdge {
  plan: PlannedImport;
  found: ContractExport | undefined;
}

/**
 * The changes of a mesh's imports in its own configuration. A change of a peer's export or gateway occurs once, at the
 * peer.
 */
export function importChanges(
  before: PlannedMesh | undefined,
  after: PlannedMesh | undefined,
  exportsBefore: ExportsOf,
  exportsAfter: ExportsOf,
): Change[] {
  const mesh = (after ?? before)!.name;
  const edges = (planned: PlannedMesh | undefined, exportsOf: ExportsOf): ImportEdge[] =>
    (planned?.imports ?? []).map((plan) => ({
      plan,
      found: exportsOf(meshesOf(plan.spec)[0]!, planned!).find((e) => e.name === plan.spec.name),
    }));
  const from = (e: ImportEdge) => meshesOf(e.plan.spec)[0]!;
  const pairs = pair(
    edges(before, exportsBefore),
    edges(after, exportsAfter),
    (e) => `${from(e)}/${e.plan.spec.name}`,
    (e) => `${from(e)}/${e.found?.namespace}/${e.found?.service ?? e.plan.spec.name}`,
  );
  return pairs.flatMap(({ before: old, after: now }): Change[] => {
    if (!old) return [{ sign: "+", text: `${mesh} imports ${added(now!, mesh)}` }];
    if (!now) return [{ sign: "-", text: `${mesh} no longer imports ${titleOf(old)}` }];
    const parts = differences(old, now);
    return parts.length > 0 ? [{ sign: "~", text: `${mesh} imports ${titleOf(old)}: ${parts.join("; ")}` }] : [];
  });
}

/** The exports of a mesh, by its name, as an importer knows them; none of an unknown mesh. */
export type ExportsOf = (mesh: string, importer: PlannedMesh) => ContractExport[];

function added(edge: ImportEdge, mesh: string): string {
  const visible = `visible to ${list(edge.plan.spec.visibleTo)}`;
  const facts = importFacts(edge.plan, edge.found);
  const reached = facts ? factsText(facts) : "";
  return `${titleOf(edge)}${callers(edge, mesh)}${alias(edge)}, ${visible}${reached}${state(edge)}`;
}

function titleOf({ plan, found }: ImportEdge): string {
  const what = found ? serviceWithPorts(found) : plan.spec.name;
  const named = found && found.name !== found.service ? ` (${found.name})` : "";
  return `${what}${named} from ${meshesOf(plan.spec).join(" and ")}`;
}

function callers({ found }: ImportEdge, mesh: string): string {
  return found ? `, ${callersOf(found, [mesh])}` : "";
}

function alias({ plan }: ImportEdge): string {
  return plan.spec.blend ? ", joined to the local Service" : plan.spec.as ? `, called as ${plan.spec.as}` : "";
}

function state({ plan }: ImportEdge): string {
  return plan.pending ? ` (pending: ${plan.pending})` : plan.resolved ? "" : " (its checks fail)";
}

/** Differences of the configuration, and whom callers reach instead. What changes at a peer alone has a line there. */
function differences(before: ImportEdge, after: ImportEdge): string[] {
  const [{ plan: old }, { plan: now }] = [before, after];
  const parts = valueChange("name at the exporter", old.spec.name, now.spec.name);
  if (old.spec.as !== now.spec.as) parts.push(...valueChange("called as", hostOf(before), hostOf(after)));
  const add = (what: string, change: string | undefined) => change && parts.push(`${what} ${change}`);
  add("from", listChange(meshesOf(old.spec), meshesOf(now.spec)));
  add("visible to", listChange(old.spec.visibleTo, now.spec.visibleTo));
  add("subsets", listChange(old.spec.subsets, now.spec.subsets));
  const rest = ({
    spec: { name: _name, as: _as, from: _from, visibleTo: _visible, subsets: _subsets, ...others },
  }: PlannedImport) => others;
  parts.push(...settingChanges(rest(old), rest(now)));
  const [oldFacts, facts] = [before, after].map(({ plan, found }) => importFacts(plan, found));
  return parts.length > 0 && oldFacts && facts ? [...parts, ...factChanges(oldFacts, facts)] : parts;
}

function hostOf({ plan, found }: ImportEdge): string {
  return plan.spec.as ?? importFacts(plan, found)?.host ?? "its own host";
}

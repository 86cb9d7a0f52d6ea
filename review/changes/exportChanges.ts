import { callersFor } from "../../federation/exports/exportCallers.ts";
import { allCallers, type ExportPlan } from "../../federation/exports/exportPlan.ts";
import type { PlannedFederation, PlannedMesh } from "../revision/planRevision.ts";
import { exportFacts, factsText } from "./facts.ts";
import {
  callersOf,
  list,
  listChange,
  pair,
  portOf,
  serviceWithPorts,
  settingChanges,
  valueChange,
  type Change,
} from "./words.ts";

/** The changes of a mesh's exports. @param federation the federation after the change, which has their importers */
export function exportChanges(
  before: PlannedMesh | undefined,
  after: PlannedMesh | undefined,
  federation: PlannedFederation,
): Change[] {
  const mesh = (after ?? before)!.name;
  // An export with a new name for the same service is a renamed export.
  const pairs = pair(
    before?.config.exports ?? [],
    after?.config.exports ?? [],
    (e) => e.name,
    (e) => `${e.namespace}/${e.service}`,
  );
  return pairs.flatMap(({ before: old, after: now }): Change[] => {
    if (!old)
      return [
        {
          sign: "+",
          text:
            `${mesh} exports ${nameOf(now!)} to ${list(now!.to, "no mesh")}, ${callersOf(now!, now!.to)}` +
            factsText(exportFacts(now!, after!.contract.gateways)),
        },
      ];
    if (!now) return [{ sign: "-", text: `${mesh} no longer exports ${titleOf(old)} to ${list(old.to, "no mesh")}` }];
    const parts = differences(old, now);
    if (parts.length === 0) return [];
    const importers = federation.meshes
      .filter((m) =>
        m.config.imports.some((i) => [old.name, now.name].includes(i.name) && [i.from].flat().includes(mesh)),
      )
      .map((m) => m.name);
    const users = importers.length > 0 ? ` (imported by ${importers.join(", ")})` : "";
    return [{ sign: "~", text: `${mesh} exports ${titleOf(old)}: ${parts.join("; ")}${users}` }];
  });
}

function titleOf(spec: ExportPlan): string {
  return `${nameOf(spec)}${spec.meshNeutral ? ` under ${spec.host}` : ""}`;
}

function nameOf(spec: ExportPlan): string {
  return `${serviceWithPorts(spec)}${spec.name === spec.service ? "" : ` as ${spec.name}`}`;
}

function differences(old: ExportPlan, now: ExportPlan): string[] {
  const parts = [
    ...valueChange("name", old.name, now.name),
    ...valueChange("service", `${old.namespace}/${old.service}`, `${now.namespace}/${now.service}`),
    ...valueChange("host", old.host, now.host),
  ];
  const add = (what: string, change: string | undefined) => change && parts.push(`${what} ${change}`);
  add("ports", listChange(old.ports.map(portOf), now.ports.map(portOf)));
  add(`to (${direction(old.to, now.to)})`, listChange(old.to, now.to));
  const [before, after] = [allCallers(old), allCallers(now)];
  if (before.length > 0 && after.length > 0 && (old.callersByMesh ?? now.callersByMesh)) {
    const added = (what: string, had: string[], has: string[]) =>
      add(`callers ${what} (${direction(had, has)})`, listChange(had, has));
    for (const mesh of now.to)
      added(`of ${mesh}`, old.to.includes(mesh) ? callersFor(old, mesh) : [], callersFor(now, mesh));
    added("by SPIFFE id", old.callerIds, now.callerIds);
    added("of the mesh itself", ownCallersOf(old), ownCallersOf(now));
  } else if (before.length > 0 && after.length > 0)
    add(`callers (${direction(before, after)})`, listChange(before, after));
  else if (before.length + after.length > 0 || old.public !== now.public)
    parts.push(`callers (${callersDirection(old, now)}): ${callersOf(old, old.to)} -> ${callersOf(now, now.to)}`);
  parts.push(...valueChange("callers apply to", old.callersApplyTo, now.callersApplyTo));
  add("identities that importers pin", listChange(old.subjectAltNames, now.subjectAltNames));
  add("subsets", listChange(old.subsets, now.subsets));
  for (const what of ["ports", "subsets"] as const)
    parts.push(
      ...valueChange(
        `undeclared ${what}`,
        old.allowUndeclared[what] ? "open" : "refused",
        now.allowUndeclared[what] ? "open" : "refused",
      ),
    );
  const rest = ({ selector, targetPorts, subsetLabels }: ExportPlan) => ({ selector, targetPorts, subsetLabels });
  return [...parts, ...settingChanges(rest(old), rest(now))];
}

/** Callers of the exporting mesh, where they are restricted. */
function ownCallersOf({ callersApplyTo, ownCallers }: ExportPlan): string[] {
  return callersApplyTo === "everyone" ? ownCallers : [];
}

/** Whether callers become fewer or more when one of the two exports names none. */
function callersDirection(old: ExportPlan, now: ExportPlan): string {
  return allCallers(now).length > 0 ? "narrowed" : allCallers(old).length > 0 ? "widened" : "same";
}

/** Whether a list of callers or meshes grows or shrinks. */
function direction(before: string[], after: string[]): string {
  const [more, less] = [after.some((v) => !before.includes(v)), before.some((v) => !after.includes(v))];
  return more && less ? "changed" : more ? "widened" : "narrowed";
}

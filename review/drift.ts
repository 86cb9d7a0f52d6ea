import type { FederationContract } from "../components/plan/contract.ts";
import { importedFrom } from "../components/plan/contract.ts";
import { importName } from "../components/plan/importObjects.ts";
import type { FailedCheck } from "./planRevision.ts";
import type { TouchedResource } from "./previewReport.ts";

/** A resource that is not as its stack left it, and the imports that this breaks. */
export interface Drift {
  stack: string;
  /** `changed` or `gone`. */
  what: "changed" | "gone";
  type: string;
  name: string;
  details: string[];
  /** Imports that no longer work, or no longer as declared: `east imports httpbin from west`. */
  breaks: string[];
}

/**
 * Tells which imports each drifted resource breaks, by the resource's logical name: the objects of one import, those of
 * one export, or what a whole mesh stands on (gateway, istiod, CA, cluster).
 *
 * @param mesh name of the mesh of the stack; undefined for the trust stack
 * @param contracts contracts published now, by mesh name
 */
export function driftOf(stack: string, mesh: string | undefined, touched: TouchedResource[], contracts: ReadonlyMap<string, FederationContract>): Drift[] {
  return touched
    .filter((t) => !t.type.startsWith("pulumi:") && (t.op === "delete" || t.details.length > 0))
    .map(({ op, type, name, details }) => ({ stack, what: op === "delete" ? "gone" : "changed", type, name, details, breaks: mesh === undefined ? [] : brokenBy(name, type, mesh, contracts) }));
}

function brokenBy(name: string, type: string, mesh: string, contracts: ReadonlyMap<string, FederationContract>): string[] {
  const own = contracts.get(mesh)?.imports ?? [];
  const others = [...contracts.values()].flatMap((c) => c.imports.filter((i) => importedFrom(i).includes(mesh)).map((i) => ({ importer: c.mesh.name, spec: i })));
  const told = (importer: string, spec: FederationContract["imports"][number]): string => `${importer} imports ${spec.name} from ${importedFrom(spec).join(" and ")}`;
  const imported = own.find((i) => belongsTo(name, importName(i)));
  if (imported) return [told(mesh, imported)];
  const exported = (contracts.get(mesh)?.exports ?? []).find((e) => belongsTo(name, `export-${e.name}`));
  if (exported) return others.filter((o) => o.spec.name === exported.name).map((o) => told(o.importer, o.spec));
  const all = [...own.map((i) => told(mesh, i)), ...others.map((o) => told(o.importer, o.spec))];
  if (name.startsWith("east-west-gateway")) return others.map((o) => told(o.importer, o.spec));
  return /^(istio|load-balancer)-/.test(name) || /:Provider$|kind$/i.test(type) ? all : [];
}

/** The longest name wins where one is the beginning of another: a part follows after the last dash. */
function belongsTo(name: string, component: string): boolean {
  return name === component || (name.startsWith(`${component}-`) && !name.slice(component.length + 1).includes("-"));
}

/**
 * The drift report, in Markdown.
 * @param notes stacks that were not compared, and why
 * @param orphans stacks that nobody declares, and what to do about them
 */
export function renderDrift(drift: Drift[], notes: FailedCheck[], orphans: FailedCheck[] = []): string {
  const lines = drift.flatMap((d) => [
    `- **${d.stack}**: ${d.type} \`${d.name}\` is ${d.what}`,
    ...d.details.map((line) => `  - ${line}`),
    ...(d.breaks.length > 0 ? [`  - breaks: ${d.breaks.join("; ")}`] : []),
  ]);
  const skipped = notes.map((n) => `- **${n.stack}** was not compared: ${n.message}`);
  return ["## Federation drift", "", ...(lines.length > 0 ? lines : ["Every stack that was compared is as it was left."]), ...skipped, ...orphans.map((o) => `- **${o.stack}**: ${o.message}`), ""].join("\n");
}

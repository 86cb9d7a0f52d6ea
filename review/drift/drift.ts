import type { FederationContract } from "../../federation/contract/contract.ts";
import { importedFrom } from "../../federation/contract/contract.ts";
import { importName } from "../../federation/imports/importObjects.ts";
import { listItem, oneLine } from "../report/markdown.ts";
import type { FailedCheck } from "../revision/planRevision.ts";
import type { TouchedResource } from "../preview/previewReport.ts";

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
export function driftOf(
  stack: string,
  mesh: string | undefined,
  touched: TouchedResource[],
  contracts: ReadonlyMap<string, FederationContract>,
): Drift[] {
  return touched
    .filter((t) => !t.type.startsWith("pulumi:") && (t.op === "delete" || t.details.length > 0))
    .map(({ op, type, name, details }) => ({
      stack,
      what: op === "delete" ? "gone" : "changed",
      type,
      name,
      details,
      breaks: mesh === undefined ? [] : brokenBy(name, type, mesh, contracts),
    }));
}

function brokenBy(
  name: string,
  type: string,
  mesh: string,
  contracts: ReadonlyMap<string, FederationContract>,
): string[] {
  const contract = contracts.get(mesh);
  const own = (contract?.imports ?? []).map((spec) => ({ importer: mesh, spec }));
  const others = [...contracts.values()].flatMap((c) =>
    c.imports.filter((i) => importedFrom(i).includes(mesh)).map((spec) => ({ importer: c.mesh.name, spec })),
  );
  const told = (imports: typeof own): string[] =>
    imports.map(({ importer, spec }) => `${importer} imports ${spec.name} from ${importedFrom(spec).join(" and ")}`);
  // A part of a component is named after it; a component is no object of a cluster, and has no more than its own name.
  const component = type.startsWith("mesh-federation:") ? name : name.replace(partOfService, "");
  const imported = own.filter(({ spec }) => component === importName(spec));
  if (imported.length > 0) return told(imported);
  const sample = samplePart.exec(name)?.[1];
  const exported = (contract?.exports ?? [])
    .filter((e) => component === `export-${e.name}` || (sample === e.namespace && sample === e.service))
    .map((e) => e.name);
  if (exported.length > 0) return told(others.filter(({ spec }) => exported.includes(spec.name)));
  if (/^east-west-gateway(-|$)/.test(name)) return told(others);
  const wholeMesh =
    /^(istio|load-balancer)(-|$)/.test(name) ||
    [`${contract?.mesh.cluster}-kind`, `${contract?.mesh.cluster}-network`].includes(name);
  return wholeMesh ? told([...own, ...others]) : [];
}

/** What makes a drift report fail, a line each. @param notes stacks that had to be compared and were not, and why */
export function driftFailures(drift: Drift[], notes: FailedCheck[]): string[] {
  return [
    ...drift.map((d) => `drifted: ${d.stack}: ${d.type} ${d.name} is ${d.what}`),
    ...notes.map((n) => `not compared: ${n.stack}: ${n.message}`),
  ];
}

/** What follows a component's name in those of the objects that an export or import is made of. */
const partOfService = /-(?:entry|rule|policy|gateway|workload-\d+(?:-\d+)?)$/;

/** Objects of a sample application, which may be what an export of that name leads to. */
const samplePart = /^(.+)-(?:namespace|account|service|deployment)$/;

/**
 * The drift report, in Markdown.
 * @param notes stacks that were not compared, and why
 * @param orphans stacks that nobody declares, and what to do about them
 */
export function renderDrift(drift: Drift[], notes: FailedCheck[], orphans: FailedCheck[] = []): string {
  const lines = drift.flatMap((d) => [
    `- **${d.stack}**: ${d.type} \`${d.name}\` is ${d.what}`,
    ...d.details.map((line) => `  - ${oneLine(line)}`),
    ...(d.breaks.length > 0 ? [`  - breaks: ${d.breaks.join("; ")}`] : []),
  ]);
  const skipped = notes.map((n) => `- **${n.stack}** was not compared: ${listItem(n.message)}`);
  return [
    "## Federation drift",
    "",
    ...(lines.length > 0 ? lines : ["Every stack that was compared is as it was left."]),
    ...skipped,
    ...orphans.map((o) => `- **${o.stack}**: ${listItem(o.message)}`),
    "",
  ].join("\n");
}

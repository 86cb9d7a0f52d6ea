import type { FederationContract } from "../../federation/contract/contract.ts";
import { importedFrom } from "../../federation/contract/contract.ts";
import { importName } from "../../federation/imports/importObjects.ts";
import { markdown } from "../report/markdown.ts";
import { logLine, type StackFinding } from "../findings.ts";
import { findingItem } from "../report/comment.ts";
import type { TouchedResource } from "../preview/previewReport.ts";

/** A resource that differs from the state of its stack, and the imports that the difference breaks. */
export interface Drift {
  stack: string;
  kind: "changed" | "deleted";
  type: string;
  name: string;
  details: string[];
  /** Imports that fail, or differ from their declaration: `east imports httpbin from west`. */
  breaks: string[];
}

/** The drift of all stacks. */
export interface DriftReport {
  drift: Drift[];
  /** Stacks that could not be compared. */
  notCompared: StackFinding[];
  /** Deployed stacks without a stack file. */
  undeclared: StackFinding[];
}

/**
 * Finds the imports that each drifted resource breaks, by the resource's logical name: an object of one import, of one
 * export, or of a whole mesh (gateway, istiod, CA, cluster).
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
      kind: op === "delete" ? "deleted" : "changed",
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
  const described = (imports: typeof own): string[] =>
    imports.map(({ importer, spec }) => `${importer} imports ${spec.name} from ${importedFrom(spec).join(" and ")}`);
  // The name of an object starts with the name of its component.
  const component = type.startsWith("mesh-federation:") ? name : name.replace(partOfService, "");
  const imported = own.filter(({ spec }) => component === importName(spec));
  if (imported.length > 0) return described(imported);
  const sample = samplePart.exec(name)?.[1];
  const exported = (contract?.exports ?? [])
    .filter((e) => component === `export-${e.name}` || (sample === e.namespace && sample === e.service))
    .map((e) => e.name);
  if (exported.length > 0) return described(others.filter(({ spec }) => exported.includes(spec.name)));
  if (/^east-west-gateway(-|$)/.test(name)) return described(others);
  const wholeMesh =
    /^(istio|load-balancer)(-|$)/.test(name) ||
    [`${contract?.mesh.cluster}-kind`, `${contract?.mesh.cluster}-network`].includes(name);
  return wholeMesh ? described([...own, ...others]) : [];
}

/** Why a drift report fails, a line each. @param required stacks that had to be compared and were not */
export function driftFailures(drift: Drift[], required: StackFinding[]): string[] {
  return [
    ...drift.map((d) => `drifted: ${d.stack}: ${d.type} ${d.name} is ${d.kind}`),
    ...required.map((finding) => `not compared: ${logLine(finding)}`),
  ];
}

/** Suffixes of the objects of an export or import, after the name of their component. */
const partOfService = /-(?:entry|rule|policy|gateway|workload-\d+(?:-\d+)?)$/;

/** Objects of a sample application. An export of that name can lead to it. */
const samplePart = /^(.+)-(?:namespace|account|service|deployment)$/;

/**
 * The drift report, in Markdown.
 * @param errorsPage path or URL of docs/errors.md
 */
export function renderDrift({ drift, notCompared, undeclared }: DriftReport, errorsPage = "docs/errors.md"): string {
  const lines = drift.flatMap((d) => [
    `- **${markdown(d.stack)}**: ${markdown(d.type)} ${markdown(d.name)} is ${d.kind}`,
    ...d.details.map((line) => `  - ${markdown(line)}`),
    ...(d.breaks.length > 0 ? [`  - breaks: ${markdown(d.breaks.join("; "))}`] : []),
  ]);
  const skipped = notCompared.map((f) => `- **${markdown(f.stack)}** is not compared: ${findingItem(f, errorsPage)}`);
  return [
    "## Federation drift",
    "",
    ...(lines.length > 0 ? lines : ["No compared stack has drift."]),
    ...skipped,
    ...undeclared.map((f) => `- **${markdown(f.stack)}**: ${findingItem(f, errorsPage)}`),
    "",
  ].join("\n");
}

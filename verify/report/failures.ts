import { catalogue } from "../../federation/errors/catalogue/index.ts";
import type { EdgeResult } from "../checkEdge.ts";
import { hopOf } from "../hops/registry.ts";
import { diagnosis } from "./diagnosis.ts";
import { shownOfMany } from "./shorten.ts";
import { paint, wrap } from "./text.ts";

/** Up to this number of failing edges, each has a paragraph. */
const few = 4;

/** Most causes of which edges are shown in full, and most causes that are named. */
const maxInFull = 4;
const maxCauses = 20;

/** Edges that fail in the same way: at the same hop or with the same problems, between the same meshes. */
interface Cause {
  edges: EdgeResult[];
  /** `not exported there, or not ready [hop-sni]`. */
  text: string;
}

/**
 * The failing edges for people. A few have a paragraph each. Of many, each cause has a line with its number of imports,
 * the most frequent one first, and the first three edges have a paragraph.
 */
export function failureLines(failing: readonly EdgeResult[], colour: boolean): string[] {
  if (failing.length <= few) return failing.flatMap((result) => ["", ...diagnosis(result, colour)]);
  const causes = causesOf(failing);
  const importers = new Set(failing.map(({ edge }) => edge.mesh));
  const lines = causes.slice(0, maxCauses).flatMap(({ edges, text }, i) => {
    const heading = wrap(`${subjectOf(edges, importers.size > 1)}: ${text}`, "", 2);
    const shown = i < maxInFull ? edges.slice(0, shownOfMany) : [];
    return [
      ...(i < maxInFull || i === maxInFull ? [""] : []),
      ...heading.map((line) => paint(line, "red", colour)),
      ...shown.flatMap((result) => ["", ...diagnosis(result, colour)]),
      ...(shown.length > 0 && edges.length > shown.length ? ["", `  and ${edges.length - shown.length} more`] : []),
    ];
  });
  const left = causes.length - maxCauses;
  return [
    ...lines,
    ...(left > 0 ? ["", `and ${left} more causes`] : []),
    "",
    ...wrap("--details shows each failure; --json and --junit FILE have all of them", "  "),
  ];
}

/** The causes, the most frequent first. */
function causesOf(failing: readonly EdgeResult[]): Cause[] {
  const groups = Map.groupBy(failing, (result) => {
    const { mesh, meshes } = result.edge;
    return JSON.stringify([mesh, meshes, textOf(result)]);
  });
  return [...groups.values()]
    .map((edges) => ({ edges, text: textOf(edges[0]!) }))
    .sort((a, b) => b.edges.length - a.edges.length);
}

function textOf({ failedHop, problems }: EdgeResult): string {
  if (failedHop) {
    const { hop, code, cause } = failedHop;
    return `${hopOf(hop).failure} [${[code, ...(cause ? [cause] : [])].join(", ")}]`;
  }
  const codes = [...new Set(problems.map(({ code }) => code))];
  return `${codes[0] ? catalogue[codes[0]].title.replace(/\.$/, "") : "failed"} [${codes.join(", ")}]`;
}

/** `498 imports of far`. */
function subjectOf(edges: readonly EdgeResult[], severalImporters: boolean): string {
  const { mesh, meshes } = edges[0]!.edge;
  const names = new Set(edges.map(({ edge }) => edge.name)).size;
  const ports = edges.length > names ? ` (${edges.length} ports)` : "";
  const importer = severalImporters ? ` by ${mesh}` : "";
  return `${names} import${names === 1 ? "" : "s"}${ports} of ${meshes.join("+")}${importer}`;
}

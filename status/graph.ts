import { importedFrom, type FederationContract } from "../federation/contract/contract.ts";

/** An import as an edge between two meshes. */
export interface GraphEdge {
  from: string;
  to: string;
  /** `httpbin (http 8000)`. */
  label: string;
  pending: boolean;
}

/** The import graph. Edges have the direction of a call, from importer to exporter. */
export interface ImportGraph {
  meshes: { name: string; exports: string[] }[];
  edges: GraphEdge[];
}

/** The graph of contracts. It includes meshes that only other meshes name. */
export function importGraph(contracts: FederationContract[]): ImportGraph {
  const edges = contracts
    .flatMap(({ mesh, imports, pendingImports }) => [
      ...imports.flatMap((spec) =>
        importedFrom(spec).map((to) => ({
          from: mesh.name,
          to,
          label: `${spec.name} (${spec.ports.map((p) => `${p.name} ${p.number}`).join(", ")})`,
          pending: false,
        })),
      ),
      ...pendingImports.map((p) => ({ from: mesh.name, to: p.from, label: `${p.name} (pending)`, pending: true })),
    ])
    .sort((a, b) => `${a.from} ${a.to} ${a.label}`.localeCompare(`${b.from} ${b.to} ${b.label}`));
  const exportsOf = new Map(contracts.map((c) => [c.mesh.name, c.exports.map((e) => e.name).sort()]));
  const names = [...new Set([...exportsOf.keys(), ...edges.map((e) => e.to)])].sort();
  return { meshes: names.map((name) => ({ name, exports: exportsOf.get(name) ?? [] })), edges };
}

/** The graph for Mermaid. https://mermaid.js.org/syntax/flowchart.html */
export function mermaid({ meshes, edges }: ImportGraph): string {
  const id = (name: string) => `mesh_${name.replaceAll("-", "_")}`;
  return [
    "flowchart LR",
    ...meshes.map(
      ({ name, exports }) =>
        `  ${id(name)}["mesh ${name}${exports.length > 0 ? `<br/>exports ${exports.join(", ")}` : ""}"]`,
    ),
    ...edges.map((e) => `  ${id(e.from)} ${e.pending ? "-.->" : "-->"}|"${e.label}"| ${id(e.to)}`),
    "",
  ].join("\n");
}

/** Graphviz attributes of all boxes. */
const boxStyle = [
  "shape=box",
  'style="rounded,filled"',
  'fillcolor="#eef3fb"',
  'color="#4a6fa5"',
  'fontname="Helvetica"',
  "fontsize=12",
  'margin="0.25,0.15"',
].join(", ");

/**
 * The graph for Graphviz: a box per mesh with its east-west gateway and its exports.
 * https://graphviz.org/doc/info/lang.html
 */
export function dot({ meshes, edges }: ImportGraph): string {
  const quote = (text: string) => JSON.stringify(text);
  const box = (name: string, exports: string[]) => {
    const gateway = exports.length > 0 ? `\neast-west gateway\nexports ${exports.join(", ")}` : "";
    return `  ${quote(name)} [label=${quote(`mesh ${name}${gateway}`)}];`;
  };
  const arrow = ({ from, to, label, pending }: GraphEdge) => {
    const text = quote(pending ? label : `${label}\nmTLS, SNI`);
    return `  ${quote(from)} -> ${quote(to)} [label=${text}${pending ? ", style=dashed" : ""}];`;
  };
  return [
    "digraph federation {",
    '  rankdir=LR; nodesep=0.6; ranksep=1.6; bgcolor="transparent";',
    `  node [${boxStyle}];`,
    '  edge [color="#4a6fa5", fontname="Helvetica", fontsize=11];',
    ...meshes.map(({ name, exports }) => box(name, exports)),
    ...edges.map(arrow),
    "}",
    "",
  ].join("\n");
}

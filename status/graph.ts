import { inline } from "../federation/errors/userError.ts";
import { importedFrom, quarantineCause, type FederationContract } from "../federation/contract/contract.ts";

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
      ...pendingImports.map((p) => ({
        from: mesh.name,
        to: p.from,
        label: `${p.name} (${p.cause === quarantineCause ? "quarantine" : "pending"})`,
        pending: true,
      })),
    ])
    .sort((a, b) => `${a.from} ${a.to} ${a.label}`.localeCompare(`${b.from} ${b.to} ${b.label}`));
  const exportsOf = new Map(contracts.map((c) => [c.mesh.name, c.exports.map((e) => e.name).sort()]));
  const names = [...new Set([...exportsOf.keys(), ...edges.map((e) => e.to)])].sort();
  return { meshes: names.map((name) => ({ name, exports: exportsOf.get(name) ?? [] })), edges };
}

/** The identifier of a mesh in Mermaid's text: a different one for each name. */
function mermaidId(name: string): string {
  const escaped = (c: string) => (c === "-" ? "_" : `_${c.codePointAt(0)!.toString(16)}_`);
  return `mesh_${name.replace(/[^A-Za-z0-9]/gu, escaped)}`;
}

/**
 * A name in a quoted text of Mermaid. Any other character is an entity: quotes end the text, backticks begin Markdown,
 * and Mermaid takes HTML. https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
 */
function mermaidText(text: string): string {
  return inline(text).replace(/[^-\p{L}\p{N} .,:()/_]/gu, (c) => `#${c.codePointAt(0)};`);
}

/** The graph for Mermaid. https://mermaid.js.org/syntax/flowchart.html */
export function mermaid({ meshes, edges }: ImportGraph): string {
  const id = mermaidId;
  const text = mermaidText;
  return [
    "flowchart LR",
    ...meshes.map(
      ({ name, exports }) =>
        `  ${id(name)}["mesh ${text(name)}${exports.length > 0 ? `<br/>exports ${text(exports.join(", "))}` : ""}"]`,
    ),
    ...edges.map((e) => `  ${id(e.from)} ${e.pending ? "-.->" : "-->"}|"${text(e.label)}"| ${id(e.to)}`),
    "",
  ].join("\n");
}

/** Lines as a quoted text of Graphviz, in which quotes and backslashes are escaped, and `&` begins an entity. */
function dotText(...lines: string[]): string {
  const escaped = (line: string) => inline(line).replace(/["\\]/g, "\\$&").replaceAll("&", "&amp;");
  return `"${lines.map(escaped).join("\\n")}"`;
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
  const quote = dotText;
  const box = (name: string, exports: string[]) => {
    const gateway = exports.length > 0 ? ["east-west gateway", `exports ${exports.join(", ")}`] : [];
    return `  ${quote(name)} [label=${quote(`mesh ${name}`, ...gateway)}];`;
  };
  const arrow = ({ from, to, label, pending }: GraphEdge) => {
    const text = pending ? quote(label) : quote(label, "mTLS, SNI");
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

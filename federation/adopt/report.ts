import { inline } from "../errors/userError.ts";
import type { AdoptedObject, Adoption, Role } from "./classify.ts";
import { objectId, type HandMade } from "./handMade.ts";
import type { Proposal, ProposedEntry } from "./proposal.ts";
import type { Reachable, ReachableHost } from "./reachable.ts";

/** What ADOPT.md tells. */
export interface AdoptReport {
  mesh: string;
  found: Pick<HandMade, "unread">;
  adoption: Adoption;
  proposal: Proposal;
  reachable: Reachable;
}

const roles: Record<Role, string> = {
  import: "brings hosts of other meshes in",
  export: "has a host that other meshes call",
  gateway: "configures a gateway between meshes",
  rule: "shapes calls to a host of the federation",
  route: "routes calls to an imported host",
  policy: "decides who may call an exported host",
};

/** The text of ADOPT.md: what is adopted, what a stack of this project would say, and what nobody declared. */
export function adoptText(report: AdoptReport): string {
  const { mesh, adoption, found } = report;
  const files = { data: `adopted/${mesh}.json`, stack: `stacks/Pulumi.${mesh}.yaml` };
  return [
    `# The federation of mesh ${code(mesh)}, as it is`,
    `${code(files.data)} has the objects below. The first \`pulumi up\` imports them and changes none; ` +
      "`pulumi destroy`, or taking one out of the file, leaves it in the cluster. Until an object is managed, the " +
      "program only knows it: its spec, labels and annotations in the file do nothing. To manage one, or all, set " +
      "`pulumi config set --path 'manage[0]' \"*\"` (or an id below), and see the preview.",
    ...(adoption.objects.length === 0
      ? ["No object of a federation by hand was found."]
      : [objectTable(adoption.objects)]),
    ...helmNote(adoption.objects),
    ...leftText(adoption),
    "## What a stack of this project would say",
    `${code(files.stack)} is a proposal, and in force nowhere. While an object by hand has the host of an import, ` +
      "the preview of that stack refuses the import (`live-entry-conflict`, `live-rule-conflict`). While a Gateway " +
      "by hand takes the host of an export on the same pods, it refuses the export (`live-gateway-overlap`).",
    "To move an import over without a lost call, import it under another name (`as`), let its callers use that, then " +
      "remove the objects by hand. To move an export over, use a gateway of its own (`gateway.provider: managed`) " +
      "beside the one by hand until its importers have moved.",
    "### Imports",
    entryText(report.proposal.imports, "imports", adoption),
    "### Exports",
    entryText(report.proposal.exports, "exports", adoption),
    "## Reachable today, declared by nobody",
    reachableText(report.reachable),
    ...openImports(adoption),
    ...found.unread.map(({ object, reason }) => `Not read, so not in this list: ${code(object)} (${code(reason)}).`),
  ]
    .join("\n\n")
    .concat("\n");
}

function objectTable(objects: readonly AdoptedObject[]): string {
  const rows = objects.map(({ object, role }) => `| ${code(objectId(object))} | ${roles[role]} |`);
  return ["| object | it |", "|---|---|", ...rows].join("\n");
}

/** Objects that Helm has made: it writes them, too. https://helm.sh/docs/chart_best_practices/labels/ */
function helmNote(objects: readonly AdoptedObject[]): string[] {
  const releases = objects.flatMap(({ object: { annotations } }) => {
    const release = annotations["meta.helm.sh/release-name"];
    return release ? [`${annotations["meta.helm.sh/release-namespace"] ?? ""}/${release}`] : [];
  });
  if (releases.length === 0) return [];
  return [
    `Helm makes some of them (releases ${[...new Set(releases)].sort().map(code).join(", ")}). ` +
      "A `helm upgrade` still changes them, and `helm uninstall` deletes them: " +
      "manage them here only after Helm has let go of them.",
  ];
}

function leftText({ left }: Adoption): string[] {
  if (left.length === 0) return [];
  return [
    "They have to do with it, and are not adopted:",
    left.map(({ object, reason }) => `- ${code(objectId(object))}: ${plain(reason)}`).join("\n"),
  ];
}

function entryText(entries: readonly ProposedEntry[], key: string, { imports }: Adoption): string {
  if (entries.length === 0) return "None.";
  return entries
    .map(({ host, entry, notes }) => {
      const by = imports.filter(({ hosts }) => key === "imports" && hosts.includes(host)).map((i) => objectId(i.entry));
      const from = by.length > 0 ? ` (${by.map(code).join(", ")})` : "";
      const as = entry ? `entry ${code(String(entry["name"]))} of \`${key}\`` : "no entry";
      return [`- ${code(host)}${from}: ${as}`, ...notes.map((note) => `  - ${inline(note)}`)].join("\n");
    })
    .join("\n");
}

function reachableText({ hosts, rules }: Reachable): string {
  const parts: string[] = [];
  if (hosts.length === 0) parts.push("No wildcard of a Gateway opens a Service to other meshes.");
  else
    parts.push(
      "Wildcards of Gateways open these hosts to every mesh that reaches the gateway and has a trusted certificate:",
      ["| host | ports | by | callers | pods |", "|---|---|---|---|---|", ...hosts.map(hostRow)].join("\n"),
    );
  if (rules.length > 0)
    parts.push(
      "DestinationRules by which calls leave without the mesh's mTLS:",
      rules.map(({ rule, host, modes }) => `- ${code(rule)}: ${code(host)} with ${modes.join(", ")}`).join("\n"),
    );
  return parts.join("\n\n");
}

function hostRow({ host, ports, gateway, pattern, limitedBy, answering, silent }: ReachableHost): string {
  const callers = limitedBy.length > 0 ? `limited by ${limitedBy.map(code).join(", ")}` : "**everybody**";
  const pods = answering === undefined ? "" : `${answering} answer, ${silent} without a proxy do not`;
  return `| ${code(host)} | ${ports.join(", ")} | ${code(gateway)} ${code(pattern)} | ${callers} | ${pods} |`;
}

function openImports({ imports }: Adoption): string[] {
  const open = imports.filter(({ sans }) => sans.length === 0);
  if (open.length === 0) return [];
  return [
    "Imports that any workload with a trusted certificate may answer, because no subjectAltNames are set:",
    open.map(({ hosts, entry }) => `- ${hosts.map(code).join(", ")} (${code(objectId(entry))})`).join("\n"),
  ];
}

/** A text of the cluster as code in Markdown, also within a table. */
function code(text: string): string {
  return `\`${inline(text).replaceAll("`", "'").replaceAll("|", "/").slice(0, 300)}\``;
}

/** A text of the cluster as plain text in Markdown. */
function plain(text: string): string {
  return inline(text).replace(/[\\`*_<>[\]|]/g, "\\$&");
}

import { z } from "zod";
import { label, subdomain } from "../config/fields.ts";
import { Findings, UserError, type Finding } from "../errors/userError.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import { serviceHost } from "../objects/names.ts";

/** Namespaces, or `*` for all. */
const anyOr = z.array(z.union([label, z.literal("*")])).max(1000);

/** What a team may export and import. What is not named is not allowed. */
export const teamRules = z.strictObject({
  /** Namespaces of the team: those of the Services that it exports, and those that may call what it imports. */
  namespaces: anyOr.min(1, "must name at least one namespace"),
  /** Meshes to which it may export. Default: none. `*`: all. */
  exportTo: anyOr.default([]),
  /** Meshes from which it may import. Default: none. `*`: all. */
  importFrom: anyOr.default([]),
  /** Suffixes of hosts that its exports may have, besides those of its Services. Default: none. */
  hosts: z.array(subdomain).max(1000).default([]),
  /** Suffixes of hosts under which it may import, besides those of the exporter's Services in its namespaces. */
  importHosts: z.array(subdomain).max(1000).default([]),
  /** Whether it may export to every identity of a mesh, without named callers. Default: false. */
  withoutCallers: z.boolean().default(false),
});

/** What a team may export and import. */
export type TeamRules = z.infer<typeof teamRules>;

/** The teams of a mesh, by name. */
export type Teams = Record<string, TeamRules>;

/**
 * The rules of the team that exports or imports; undefined for the owner of a mesh without teams.
 * @throws UserError `team-unknown`
 */
export function rulesOfTeam(
  teams: Teams | undefined,
  team: string | undefined,
  subject: string,
): TeamRules | undefined {
  if (teams === undefined && team === undefined) return undefined;
  const known = Object.keys(teams ?? {}).sort();
  const rules = team !== undefined && Object.hasOwn(teams ?? {}, team) ? teams![team] : undefined;
  if (rules) return rules;
  throw new UserError("team-unknown", {
    subject,
    problem:
      (team === undefined ? "team is not set" : `team "${team}" is not one of the mesh's`) +
      `, which has ${known.length > 0 ? known.map((name) => `"${name}"`).join(", ") : "none"}`,
    remedy: "Name the team; the mesh's owner adds teams to FederatedMesh",
  });
}

/** What an export of a team is checked by. */
export interface TeamExport {
  name: string;
  namespace: string;
  service: string;
  /** Default: the Service's. */
  host?: string | undefined;
  to: readonly string[];
  /** Of the exporting mesh. */
  clusterDomain: string;
  /** Whether only named callers may call it. */
  namesCallers: boolean;
}

/** Why a team may not export a service; empty when it may. */
export function teamExportFindings(team: string, rules: TeamRules, spec: TeamExport): readonly Finding[] {
  const findings = new Findings();
  const add = refusing(findings, team, `export "${spec.name}"`);
  // Objects of exports are named alike in the gateway's namespace, so that teams could take each other's names.
  if (spec.name !== team && !spec.name.startsWith(`${team}-`)) add(`its name must be ${team}, or begin with ${team}-`);
  if (!takes(rules.namespaces, spec.namespace)) add(`it may not export from namespace ${spec.namespace}`);
  for (const mesh of spec.to.filter((name) => !takes(rules.exportTo, name))) add(`it may not export to mesh "${mesh}"`);
  const ofService = serviceHost(spec.service, spec.namespace, spec.clusterDomain);
  const host = spec.host ?? ofService;
  if (host !== ofService && !isBelow(host, rules.hosts)) add(`it may not export host ${host}`);
  if (!rules.withoutCallers && !spec.namesCallers) add("it may not export without callers");
  return findings.all;
}

/** Why a team may not import a service; empty when it may. */
export function teamImportFindings(team: string, rules: TeamRules, spec: ResolvedImport): readonly Finding[] {
  const findings = new Findings();
  const add = refusing(findings, team, `import "${spec.name}"`);
  for (const mesh of spec.meshes.filter((name) => !takes(rules.importFrom, name)))
    add(`it may not import from mesh "${mesh}"`);
  if (!takes(rules.namespaces, spec.namespace)) add(`it may not write into namespace ${spec.namespace}`);
  // The callers of a blended import are those of the local Service, which is in the team's namespace.
  const callers = spec.blended ? [] : spec.visibleTo;
  for (const namespace of callers.filter((name) => !takes(rules.namespaces, name)))
    add(`it may not make an import visible to namespace ${namespace}`);
  if (spec.host !== spec.exportedHost && !isBelow(spec.host, rules.importHosts))
    add(`it may not import under host ${spec.host}`);
  return findings.all;
}

/** Adds what a team may not do with an export or import. */
function refusing(findings: Findings, team: string, subject: string): (what: string) => void {
  const remedy = "Change it, or ask the mesh's owner to allow it in teams of FederatedMesh";
  return (what) =>
    findings.add("team-not-allowed", { subject, problem: `team "${team}" is not allowed this: ${what}`, remedy });
}

function takes(allowed: readonly string[], name: string): boolean {
  return allowed.includes("*") || allowed.includes(name);
}

function isBelow(host: string, suffixes: readonly string[]): boolean {
  return suffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

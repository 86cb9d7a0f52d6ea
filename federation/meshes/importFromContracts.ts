import type { z } from "zod";
import { federationOutput, type FederationContract } from "../contract/contract.ts";
import { UserError, type Finding } from "../errors/userError.ts";
import { importSpec } from "../imports/importConfig.ts";
import type { ImportRules } from "../imports/importRule.ts";
import { resolveImports, type Peer, type ResolvedImport } from "../imports/resolveImports.ts";
import { shareRoot } from "../trust/peerTrust.ts";
import { rulesOf, type MeshDescription } from "./meshDescription.ts";
import { rulesOfTeam, teamImportFindings } from "./teamRules.ts";

/** An entry of `imports` without the meshes that it comes from. */
export type ImportSettings = Omit<z.input<typeof importSpec>, "from">;

/**
 * The import that settings and the contracts of its peers make, checked like an entry of a stack file.
 *
 * @param mesh the importing mesh
 * @param contracts what each peer publishes, as `contractOfPeer` reads it, by the name that the importer's owner
 *   gives it; undefined where it publishes nothing
 * @param team the team that imports; undefined: the mesh's owner
 * @param importRules whether it has a DestinationRule where none is needed, too: the mesh's settings are not known here
 * @throws UserError `import-invalid`, `import-pending`, `imports-mismatch`, `team-unknown`, or
 *   `team-not-allowed`
 */
export function importFromContracts(
  mesh: MeshDescription,
  settings: ImportSettings,
  contracts: Readonly<Record<string, FederationContract | undefined>>,
  team?: string,
  importRules: ImportRules = "always",
): ResolvedImport {
  const spec = checkedSettings(settings, Object.keys(contracts));
  const subject = `import "${spec.name}"`;
  const peers = Object.entries(contracts).map(([name, contract]) => [name, peerOf(name, contract, subject)] as const);
  const { imports, pending } = resolveImports(
    [spec],
    new Map(peers),
    mesh.contract.mesh,
    rulesOf(mesh),
    new Map(),
    importRules,
  );
  const [first] = pending;
  if (first)
    throw new UserError("import-pending", {
      subject: `${subject} from mesh "${first.from}"`,
      problem: `it cannot be made yet: ${first.reason}`,
      remedy: "Bring the peer up first, or leave the import out until then",
    });
  const resolved = imports[0]!;
  const findings = [
    ...peers.flatMap(([, { contract }]) => distrust(subject, mesh.contract, contract)),
    ...teamFindings(mesh, team, resolved, subject),
  ];
  if (findings.length === 0) return resolved;
  const problem = "it cannot be made as it is described";
  throw new UserError("imports-mismatch", { subject, problem, remedy: "Correct the details" }, findings);
}

function teamFindings(
  { teams }: MeshDescription,
  team: string | undefined,
  resolved: ResolvedImport,
  subject: string,
): readonly Finding[] {
  const rules = rulesOfTeam(teams, team, subject);
  return rules ? teamImportFindings(team!, rules, resolved) : [];
}

function checkedSettings(settings: ImportSettings, from: string[]) {
  const result = importSpec.safeParse({ ...settings, from });
  if (result.success) return result.data;
  throw new UserError("import-invalid", {
    subject: `import "${settings.name}"`,
    problem: result.error.issues.map(({ path, message }) => `${path.map(String).join(".")} ${message}`).join("; "),
    remedy: "Correct the arguments of FederatedImport",
  });
}

function peerOf(name: string, contract: FederationContract | undefined, subject: string): Peer & { state: "up" } {
  if (!contract)
    throw new UserError("import-pending", {
      subject: `${subject} from mesh "${name}"`,
      problem: `mesh "${name}" publishes no contract yet (output \`${federationOutput}\`)`,
      remedy: "Bring the peer up first, or leave the import out until then",
    });
  return { state: "up", stack: name, contract };
}

/** Why one of two meshes does not verify the other's certificates; empty where both do. */
function distrust(subject: string, own: FederationContract, peer: FederationContract): Finding[] {
  if (shareRoot(own.mesh.roots, peer.mesh.roots)) return [];
  const sides = [
    { truster: own.mesh, trusted: peer.mesh },
    { truster: peer.mesh, trusted: own.mesh },
  ];
  return sides.flatMap(({ truster, trusted }): Finding[] => {
    const active = trusted.roots.find(({ use }) => use === "active")?.sha256;
    if (active === undefined || truster.trusts[trusted.name]?.includes(active)) return [];
    return [
      {
        code: "peer-root-not-trusted",
        subject,
        problem: `mesh "${truster.name}" does not trust root ${active} of mesh "${trusted.name}", and they share none`,
        remedy: `Add it to \`trusts\` of FederatedMesh once istiod of "${truster.name}" has it as an anchor`,
      },
    ];
  });
}

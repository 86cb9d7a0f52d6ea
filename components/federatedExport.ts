import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../federation/errors/userError.ts";
import { namesCallers } from "../federation/exports/exportConfig.ts";
import type { MeshDescription } from "../federation/meshes/meshDescription.ts";
import { rulesOfTeam, teamExportFindings } from "../federation/meshes/teamRules.ts";
import { componentTypes } from "../federation/objects/federationObject.ts";
import { describedMesh } from "./describedMesh.ts";
import { ExportedService } from "./exportedService.ts";
import type { ExportedServiceArgs, ExportSettings } from "./exportedServiceArgs.ts";

/** Arguments of {@link FederatedExport}. */
export interface FederatedExportArgs extends ExportSettings {
  /** The mesh that exports it: {@link FederatedMesh.description}, or {@link descriptionOf} its stack. */
  mesh: pulumi.Input<MeshDescription>;
  /** Name by which importers refer to it. It is unique in the mesh; a team's begins with the name of the team. */
  exportName: pulumi.Input<string>;
  /**
   * The team that exports it. Required where the mesh has `teams`, whose rules it then has to keep.
   * @default none
   */
  team?: pulumi.Input<string>;
}

/**
 * A service that a mesh exports. It makes the objects of {@link ExportedService}; what these need to know of the mesh
 * comes from its description. An export that the team may not have fails the preview, with code `team-not-allowed`.
 */
export class FederatedExport extends ExportedService {
  static override readonly type: string = componentTypes.federatedExport;

  constructor(name: string, args: FederatedExportArgs, opts?: pulumi.ComponentResourceOptions) {
    super(name, exportedServiceArgs(args), opts);
  }
}

function exportedServiceArgs({ mesh: given, team, ...settings }: FederatedExportArgs): ExportedServiceArgs {
  const mesh = describedMesh(given);
  const ofMesh = <T>(take: (description: MeshDescription) => T) => mesh.apply((description) => take(description()));
  // Every object's spec is made of `to`: what the team may not export is not made.
  const to = pulumi.output({ settings, mesh, team }).apply((known) => {
    checkTeam(known.mesh(), known.team, known.settings as KnownSettings);
    return (known.settings as KnownSettings).to;
  });
  return {
    ...settings,
    to,
    clusterDomain: ofMesh(({ contract }) => contract.mesh.clusterDomain),
    trustDomain: ofMesh(({ contract }) => contract.mesh.trustDomain),
    acceptedTrustDomains: ofMesh(({ contract }) => contract.mesh.acceptedTrustDomains),
    istioMinor: ofMesh(({ contract }) => contract.mesh.istioMinor || undefined) as pulumi.Output<string>,
    gatewayNamespace: ofMesh(({ gateway }) => gateway.namespace),
    gatewayLabels: ofMesh(({ gateway }) => gateway.labels),
    peerTrustDomains: ofMesh(({ peers }) =>
      Object.fromEntries(
        Object.entries(peers).flatMap(([name, { trustDomain }]) => (trustDomain ? [[name, trustDomain]] : [])),
      ),
    ),
  };
}

type KnownSettings = Pick<
  pulumi.Unwrap<FederatedExportArgs>,
  "exportName" | "namespace" | "service" | "host" | "to" | "callers" | "callersByMesh"
>;

/** @throws UserError `team-unknown`, or `exports-mismatch` with what the team may not export */
function checkTeam({ teams, contract }: MeshDescription, team: string | undefined, known: KnownSettings): void {
  const { exportName: name, namespace, service, host, to } = known;
  const subject = `export "${name}"`;
  const rules = rulesOfTeam(teams, team, subject);
  if (!rules) return;
  const { clusterDomain } = contract.mesh;
  const spec = { name, namespace, service, host, to, clusterDomain, namesCallers: namesCallers(known) };
  const findings = teamExportFindings(team!, rules, spec);
  if (findings.length === 0) return;
  const problem = "its team may not export it";
  throw new UserError("exports-mismatch", { subject, problem, remedy: "Correct the details" }, findings);
}

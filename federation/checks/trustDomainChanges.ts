import {
  importedFrom,
  type ContractExport,
  type ContractImport,
  type FederationContract,
} from "../contract/contract.ts";
import type { ExportPlan } from "../exports/exportPlan.ts";
import type { TrustDomains } from "../trust/trustDomains.ts";
import { importsFrom, type BrokenImport } from "./brokenImports.ts";
import { pinnedIdentities } from "./pinnedIdentities.ts";

/** An export with a deployed import of it. */
interface Edge {
  found: ExportPlan;
  spec: ContractImport;
  /** Name of the importing mesh. */
  importer: string;
  remedy: string;
}

/**
 * Imports of peers that another trust domain breaks: this mesh's, which makes importers reject its answers, or the
 * importer's in this mesh's configuration, by which its callers are accepted.
 *
 * @param mesh name of the mesh with these exports
 * @param domains the trust domains by which the mesh configures what it accepts
 * @param accepted trust domains besides its own that the mesh will accept
 * @param contracts what the peers publish: what they are until their next `up`
 */
export function trustDomainChanges(
  mesh: string,
  exports: ExportPlan[],
  domains: TrustDomains,
  accepted: string[],
  contracts: FederationContract[],
): BrokenImport[] {
  return importsFrom(mesh, contracts).flatMap(({ mesh: importer, spec }) => {
    const found = exports.find((e) => e.name === spec.name);
    if (!found?.to.includes(importer)) return [];
    const remedy = `List "${spec.name}" in allowBreaking, and run \`pulumi up\` of mesh "${importer}" right afterwards`;
    const edge = { found, spec, importer, remedy };
    const live = contracts.find((contract) => contract.mesh.name === importer)!.mesh.trustDomain;
    const others = importedFrom(spec).flatMap((name) => (name === mesh ? [] : (domains.ofMeshes.get(name) ?? [])));
    return [...ownChange(edge, domains.own, others, accepted), ...importersChange(edge, live, domains, accepted)];
  });
}

/**
 * The mesh gets another trust domain, and with it every identity that serves its exports.
 *
 * @param others trust domains of the other meshes of the import, whose identities it pins as well
 */
function ownChange(
  { found, spec, importer, remedy }: Edge,
  own: string,
  others: string[],
  accepted: string[],
): BrokenImport[] {
  const { formerDomains: pinned } = pinnedIdentities(spec, found);
  if (pinned.length === 0) return [];
  const withoutOthers = pinned.filter((domain) => !others.includes(domain));
  const former = withoutOthers.length > 0 ? withoutOthers : pinned;
  const missing = former.filter((domain) => !accepted.includes(domain)).join(", ");
  return [
    broken(found, importer, {
      problem:
        `mesh.trustDomain becomes ${own}, but mesh "${importer}" imports it and pins identities of ` +
        `${former.join(", ")}, so it rejects every answer` +
        (missing ? `; callers in this mesh that still have certificates of ${missing} are rejected too` : ""),
      remedy:
        (missing ? `Add ${missing} to mesh.acceptedTrustDomains until all pods here have restarted. ` : "") + remedy,
    }),
  ];
}

/**
 * The importer gets another trust domain. Until its `up`, its callers have the present one, which must be accepted; and
 * the policy of an export with a selector denies every accepted trust domain that is no importer's.
 */
function importersChange(
  { found, importer, remedy }: Edge,
  live: string,
  { own, ofMeshes }: TrustDomains,
  accepted: string[],
): BrokenImport[] {
  if (live === own || found.to.some((mesh) => ofMeshes.get(mesh) === live)) return [];
  const isAccepted = accepted.includes(live);
  if (isAccepted && !found.selector) return [];
  return [
    broken(found, importer, {
      problem:
        `mesh "${importer}" imports it with trust domain ${live} until its next \`pulumi up\`, but is configured ` +
        `here with ${ofMeshes.get(importer)}, so its callers are ` +
        (isAccepted ? "denied by the export's policy" : "rejected in the TLS handshake"),
      remedy: found.selector ? remedy : `Add ${live} to mesh.acceptedTrustDomains until then`,
    }),
  ];
}

function broken(
  { name }: Pick<ContractExport, "name">,
  mesh: string,
  text: { problem: string; remedy: string },
): BrokenImport {
  return { name, mesh, finding: { code: "trust-domain-change", subject: `export "${name}"`, ...text } };
}

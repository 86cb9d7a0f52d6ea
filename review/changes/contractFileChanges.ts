import {
  importedFrom,
  type ContractExport,
  type ContractImport,
  type FederationContract,
} from "../../federation/contract/contract.ts";
import { UserError } from "../../federation/errors/userError.ts";
import type { PlannedFederation } from "../revision/planRevision.ts";
import type { Revision } from "../revision/revision.ts";
import { exportFacts, factsText } from "./facts.ts";
import { addressesOf, callersOf, list, serviceWithPorts, settingChanges, type Change } from "./words.ts";

/**
 * Changes in the contract files of peers, without those of trust. A new file is compared with nothing: everything in it
 * that concerns the meshes here is new, and no other line of the review has it.
 * @param federation the federation after the change, which has the meshes that a contract can concern
 */
export function contractFileChanges(before: Revision, after: Revision, federation: PlannedFederation): Change[] {
  const meshes = federation.meshes.map((m) => m.name);
  const files = [...new Set([...before.contractFiles.keys(), ...after.contractFiles.keys()])];
  return files.flatMap((file): Change[] => {
    const [old, now] = [contractIn(before, file), contractIn(after, file)];
    // An unreadable file is a failed check.
    if (!now) return old && !after.contractFiles.has(file) ? [{ sign: "-", text: titleOf(old, file) }] : [];
    if (!old) return newContract(now, meshes).map((text) => ({ sign: "+", text: `${titleOf(now, file)}: ${text}` }));
    return settingChanges(withoutTrust(old), withoutTrust(now)).map((text) => ({
      sign: "~",
      text: `${titleOf(now, file)}: ${text}`,
    }));
  });
}

/** A contract without what is compared as trust. */
function withoutTrust({ mesh, quarantine: _quarantine, ...contract }: FederationContract): object {
  const {
    trustDomain: _domain,
    acceptedTrustDomains: _accepted,
    roots: _roots,
    trusts: _trusts,
    ca: _ca,
    ...rest
  } = mesh;
  return { ...contract, mesh: rest };
}

/** The contract in a file; undefined where there is none, or none that can be used. */
export function contractIn({ contractFiles }: Revision, file: string | undefined): FederationContract | undefined {
  const contract = file === undefined ? undefined : contractFiles.get(file);
  return contract instanceof UserError ? undefined : contract;
}

function titleOf({ mesh }: FederationContract, file: string): string {
  return `contract of mesh ${mesh.name} in ${file}`;
}

function newContract({ mesh, gateways, exports, imports }: FederationContract, meshes: string[]): string[] {
  const concerned = exports.filter((e) => e.to.some((name) => meshes.includes(name)));
  const others = exports.length - concerned.length;
  return [
    [`network ${mesh.network}`, `Istio ${mesh.istioVersion}`, `gateways ${addressesOf(gateways)}`].join(", "),
    ...concerned.map((e) => exportText(e, gateways)),
    ...(others > 0 ? [`exports ${others} more to other meshes`] : []),
    ...imports.filter((i) => importedFrom(i).some((name) => meshes.includes(name))).map(importText),
  ];
}

/** An export of a contract in words, with everything that decides who may call it and whom callers reach. */
export function exportText(spec: ContractExport, gateways: FederationContract["gateways"]): string {
  return (
    `exports ${serviceWithPorts(spec)} as ${spec.name} to ${list(spec.to)}, ${callersOf(spec, spec.to)}` +
    factsText(exportFacts(spec, gateways))
  );
}

/** An import of a contract in words. */
export function importText(spec: ContractImport): string {
  return `imports ${spec.name} from ${importedFrom(spec).join(" and ")}, called as ${spec.host}`;
}

import type { ContractRoot, FederationContract } from "../../federation/contract/contract.ts";
import { contractIn } from "../changes/contractFileChanges.ts";
import { list, listChange, valueChange, type Change } from "../changes/words.ts";
import type { PlannedFederation } from "../revision/planRevision.ts";
import type { Revision } from "../revision/revision.ts";
import { certificateText, type Certificates } from "./certificates.ts";

/** PEM texts of the contract files that a review compares. */
export function contractPems(revisions: Revision[]): string[] {
  return revisions.flatMap((revision) =>
    [...revision.contractFiles.keys()].flatMap((file) => {
      const { roots = [], ca } = contractIn(revision, file)?.mesh ?? {};
      return [...roots.map(({ pem }) => pem), ...(ca ? [ca.pem] : [])];
    }),
  );
}

/** What the contract files of peers say of roots, CAs and trust domains, where it changes. */
export function contractTrust(
  before: Revision,
  after: Revision,
  federation: PlannedFederation,
  certificates: Certificates,
): Change[] {
  return [...after.contractFiles.keys()].flatMap((file): Change[] => {
    const [old, now] = [contractIn(before, file), contractIn(after, file)];
    if (!now) return [];
    const title = `contract of mesh ${now.mesh.name} in ${file}`;
    const pins = pinsOf(federation, now.mesh.name, file);
    const roots = rootChanges(old?.mesh.roots ?? [], now.mesh.roots, { title, certificates, pins });
    return old
      ? [...identityChanges(old, now, title, certificates), ...roots]
      : [{ sign: "+", text: `${title}: ${identityText(now, certificates)}` }, ...roots];
  });
}

/** Who of the meshes here pins which root of a peer: names by SHA-256. */
function pinsOf({ meshes }: PlannedFederation, peer: string, file: string): (sha256: string) => string[] {
  return (sha256) =>
    meshes
      .filter(({ config }) => config.peers[peer]?.file === file && config.peers[peer].roots.includes(sha256))
      .map(({ name }) => name);
}

interface RootContext {
  title: string;
  certificates: Certificates;
  pins: (sha256: string) => string[];
}

function rootChanges(old: ContractRoot[], now: ContractRoot[], { title, certificates, pins }: RootContext): Change[] {
  const text = ({ pem }: ContractRoot): string => oneText(pem, certificates);
  const pinned = ({ sha256 }: ContractRoot): string => `pinned by ${list(pins(sha256), "no mesh here")}`;
  const find = (roots: ContractRoot[], { sha256 }: ContractRoot) => roots.find((root) => root.sha256 === sha256);
  return [
    ...now.flatMap((root): Change[] => {
      const before = find(old, root);
      if (!before) return [{ sign: "+", text: `${title}: publishes ${root.use} root ${text(root)}; ${pinned(root)}` }];
      return valueChange("use", before.use, root.use).map((use) => ({
        sign: "~",
        text: `${title}: root SHA-256 ${root.sha256}: ${use}; ${pinned(root)}`,
      }));
    }),
    ...old
      .filter((root) => !find(now, root))
      .map((root): Change => ({
        sign: "-",
        text: `${title}: no longer publishes ${root.use} root ${text(root)}; ${pinned(root)}`,
      })),
  ];
}

/** The only certificate of a text; contracts are checked to have one. */
function oneText(pem: string, certificates: Certificates): string {
  const [certificate] = certificates.of(pem) ?? [];
  return certificate ? certificateText(certificate) : "a certificate that cannot be read";
}

function caOf({ mesh: { ca } }: FederationContract, certificates: Certificates): string {
  return ca ? oneText(ca.pem, certificates) : "unknown";
}

function identityText(contract: FederationContract, certificates: Certificates): string {
  const { trustDomain, acceptedTrustDomains, trusts } = contract.mesh;
  return [
    `trust domain ${trustDomain}`,
    `accepts callers of trust domains ${list(acceptedTrustDomains)}`,
    `signs with ${caOf(contract, certificates)}`,
    ...Object.entries(trusts).map(([mesh, roots]) => `trusts ${mesh} by ${list(roots, "no root")}`),
    ...(contract.quarantine.length > 0 ? [`has ${list(quarantined(contract))} in quarantine`] : []),
  ].join("; ");
}

function quarantined({ quarantine }: FederationContract): string[] {
  return quarantine.map(({ mesh }) => mesh);
}

function identityChanges(
  old: FederationContract,
  now: FederationContract,
  title: string,
  certificates: Certificates,
): Change[] {
  const accepted = listChange(old.mesh.acceptedTrustDomains, now.mesh.acceptedTrustDomains);
  const peers = [...new Set([...Object.keys(old.mesh.trusts), ...Object.keys(now.mesh.trusts)])].sort();
  const quarantine = listChange(quarantined(old), quarantined(now));
  const signs = valueChange("signs with", caOf(old, certificates), caOf(now, certificates));
  return [
    ...valueChange("trust domain", old.mesh.trustDomain, now.mesh.trustDomain),
    ...(accepted ? [`accepts callers of trust domains ${accepted}`] : []),
    ...signs,
    ...peers.flatMap((peer) => {
      const change = listChange(old.mesh.trusts[peer] ?? [], now.mesh.trusts[peer] ?? []);
      return change ? [`trusts ${peer} by roots ${change}`] : [];
    }),
    ...(quarantine ? [`quarantine ${quarantine}`] : []),
  ].map((text) => ({ sign: "~", text: `${title}: ${text}` }));
}

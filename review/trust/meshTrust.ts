import type { MeshConfig } from "../../federation/config/readMeshConfig.ts";
import type { ContractRoot } from "../../federation/contract/contract.ts";
import { list, listChange, rootText, valueChange, type Change } from "../changes/words.ts";
import type { PlannedMesh } from "../revision/planRevision.ts";

/** The roots that a mesh's peer publishes; undefined where its contract is not known. */
export type PublishedRoots = (mesh: PlannedMesh, peer: string) => ContractRoot[] | undefined;

/**
 * Whom a mesh trusts, and who signs for it: what differs between two configurations, in words. A new mesh is compared
 * with one that trusts nobody.
 * @param known whether the configuration before is known; if not, everything is told as new
 */
export function meshTrust(
  before: PlannedMesh | undefined,
  after: PlannedMesh,
  published: PublishedRoots,
  known = true,
): Change[] {
  return [
    ...(before ? identityChanges(before, after) : [newIdentity(after, known)]),
    ...peerChanges(before, after, published),
    ...rotationChanges(before?.config, after.config),
    ...quarantineChanges(before?.config.quarantine ?? [], after.config.quarantine, after.name),
  ];
}

function newIdentity({ name, contract, config }: PlannedMesh, known: boolean): Change {
  const { trustDomain, acceptedTrustDomains } = contract.mesh;
  const accepted =
    acceptedTrustDomains.length > 0 ? [`accepts callers of trust domains ${list(acceptedTrustDomains)}`] : [];
  const what = known ? `mesh ${name}` : `mesh ${name}, whose configuration before is not valid`;
  return {
    sign: "+",
    text: `${what}: ${[`trust domain ${trustDomain}`, ...accepted, `CA ${caText(config.ca)}`].join(", ")}`,
  };
}

function identityChanges(before: PlannedMesh, after: PlannedMesh): Change[] {
  const [old, now] = [before.contract.mesh, after.contract.mesh];
  const accepted = listChange(old.acceptedTrustDomains, now.acceptedTrustDomains);
  const roots = listChange(old.roots.map(rootText), now.roots.map(rootText));
  return [
    ...valueChange("trust domain", old.trustDomain, now.trustDomain),
    ...(accepted ? [`accepts callers of trust domains ${accepted}`] : []),
    ...(roots ? [`roots ${roots}`] : []),
    ...valueChange("CA", caText(before.config.ca), caText(after.config.ca)),
  ].map((text) => ({ sign: "~", text: `mesh ${after.name}: ${text}` }));
}

/** Who signs the certificates of a mesh's workloads, in words. */
function caText(ca: MeshConfig["ca"]): string {
  switch (ca.provider) {
    case "shared":
      return `signed by stack ${ca.stack} with root ${ca.root}, key ${ca.key}`;
    case "own":
      return `signed by its own root ${ca.root}, key ${ca.key}`;
    case "signed":
      return `signed elsewhere, key ${ca.key}, certificate in ${ca.certificateFile}`;
    case "existing":
      return "in the secret caMaterial";
    case "external":
      return `of another system, root ${ca.rootFile === undefined ? "not stated" : `in ${ca.rootFile}`}`;
  }
}

function peerChanges(before: PlannedMesh | undefined, after: PlannedMesh, published: PublishedRoots): Change[] {
  const [old, now] = [before?.config.peers ?? {}, after.config.peers];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.flatMap((peer) => [
    ...pinChange(after.name, peer, old[peer]?.roots ?? [], now[peer]?.roots ?? [], published(after, peer)),
    ...valueChange("", old[peer]?.trustDomain ?? "not stated", now[peer]?.trustDomain ?? "not stated").map(
      (change): Change => ({
        sign: "~",
        text:
          `mesh ${after.name}: trust domain of peer ${peer}${change}` +
          (now[peer]?.trustDomain === undefined ? "" : `; ${compareWith(peer)}`),
      }),
    ),
  ]);
}

function pinChange(
  mesh: string,
  peer: string,
  old: string[],
  now: string[],
  published: ContractRoot[] | undefined,
): Change[] {
  const text = (sha256: string): string => {
    const found = published?.find((root) => root.sha256 === sha256);
    return published ? `${sha256} (${found ? `${peer} publishes it as ${found.use}` : "not published"})` : sha256;
  };
  const added = now.filter((sha256) => !old.includes(sha256));
  const removed = old.filter((sha256) => !now.includes(sha256));
  if (added.length + removed.length === 0) return [];
  const change = [...added.map((sha256) => `+ ${text(sha256)}`), ...removed.map((sha256) => `- ${text(sha256)}`)];
  return [
    {
      sign: removed.length === 0 ? "+" : added.length === 0 ? "-" : "~",
      text:
        `mesh ${mesh}: pinned roots of peer ${peer}, by SHA-256: ${change.join(", ")}` +
        (added.length > 0 ? `; ${compareWith(peer)}` : "") +
        (now.length === 0 ? "; none is left" : ""),
    },
  ];
}

/** What a reviewer has to do about a value that only the peer's owner can confirm. */
export function compareWith(peer: string): string {
  return `compare it with the owner of ${peer} by another way than this change`;
}

function rotationChanges(before: MeshConfig | undefined, after: MeshConfig): Change[] {
  const [old, now] = [before?.rotation, after.rotation];
  if (old?.next === now?.next && old?.phase === now?.phase) return [];
  const title = `mesh ${after.mesh.name}: rotation to root ${(now ?? old)!.next}`;
  if (!now) return [{ sign: "-", text: `${title} ${ended(old!, after.ca)}` }];
  const from = old && old.next === now.next ? `phase ${old.phase} -> ${now.phase}` : `enters phase ${now.phase}`;
  const instead = old && old.next !== now.next ? ` instead of the one to root ${old.next}` : "";
  return [{ sign: old ? "~" : "+", text: `${title}${instead} ${from}: ${phaseText(now, after.ca)}` }];
}

function phaseText({ next, phase }: NonNullable<MeshConfig["rotation"]>, ca: MeshConfig["ca"]): string {
  const current = "root" in ca ? `root ${ca.root}` : "the root before";
  return {
    add: `root ${next} is trusted beside ${current}, which still signs`,
    switch: `root ${next} signs and every workload gets a new certificate; ${current} stays trusted`,
    remove: `${current} is trusted no longer`,
  }[phase];
}

function ended({ next, phase }: NonNullable<MeshConfig["rotation"]>, ca: MeshConfig["ca"]): string {
  return "root" in ca && ca.root === next
    ? `ends after phase ${phase}: it is the only root`
    : `is called off in phase ${phase}: root ${next} is trusted no longer`;
}

function quarantineChanges(old: string[], now: string[], mesh: string): Change[] {
  const added = now.filter((peer) => !old.includes(peer));
  const removed = old.filter((peer) => !now.includes(peer));
  return [
    ...added.map((peer): Change => ({
      sign: "+",
      text: `mesh ${mesh}: quarantine of ${peer}, which it trusts no longer`,
    })),
    ...removed.map((peer): Change => ({
      sign: "-",
      text: `mesh ${mesh}: no more quarantine of ${peer}, which it trusts again`,
    })),
  ];
}

/** Roots by which each mesh trusts its peers now and after its next `up`; none of a mesh that is not deployed. */
export function trustsAfterUp(meshes: readonly PlannedMesh[]): Change[] {
  return meshes.flatMap(({ stack, before, contract }) => {
    if (!before) return [];
    const [old, now] = [before.mesh.trusts, contract.mesh.trusts];
    // A root in common is trusted with or without the peer.
    const own = new Set([...before.mesh.roots, ...contract.mesh.roots].map(({ sha256 }) => sha256));
    const foreign = (roots: string[] = []): string[] => roots.filter((root) => !own.has(root));
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].sort().flatMap((peer): Change[] => {
      const change = listChange(foreign(old[peer]), foreign(now[peer]));
      return change ? [{ sign: "~", text: `up of stack ${stack} would trust ${peer} by roots ${change}` }] : [];
    });
  });
}

import type { ContractRoot, FederationContract, PendingTrust } from "../contract/contract.ts";
import { Findings, type Finding } from "../errors/userError.ts";

/** What a mesh has to compare the roots of a peer with. */
export interface KnownRoots {
  /** SHA-256 of the peer's roots that the mesh's own configuration pins. */
  pins: readonly string[];
  /** Roots in the mesh's own bundle. */
  own: readonly ContractRoot[];
  /** Roots that the mesh's own bundle has had until now. */
  before: readonly ContractRoot[];
  /** SHA-256 of the peer's roots that the mesh trusts now. */
  trusted: readonly string[];
}

/** Roots of a peer to make anchors of, and what is to be done about the others. */
export interface PinnedRoots {
  roots: ContractRoot[];
  pending: PendingTrust[];
  findings: readonly Finding[];
}

/** Compares the roots that a peer publishes with those that a mesh's configuration pins, and with its own. */
export function pinnedRoots({ name, roots }: FederationContract["mesh"], known: KnownRoots): PinnedRoots {
  const { pins, own, before, trusted } = known;
  const findings = new Findings();
  const pending: PendingTrust[] = [];
  const subject = `peers.${name}.roots`;
  const compare = `Compare it with its owner by another way than the contract, then set ${subject}`;
  const isOwn = (root: string): boolean => own.some(({ sha256 }) => sha256 === root);
  const isAccepted = (root: string): boolean => pins.includes(root) || isOwn(root);
  const active = roots.find(({ use }) => use === "active") ?? roots[0];
  const isUsed = (root: string): boolean => roots.some(({ sha256, use }) => sha256 === root && use !== "next");
  // The mesh gives up an old root that both have had: its rotation has asked whether the peer still uses that.
  const isLeft = (root: string): boolean => before.some(({ sha256 }) => sha256 === root) && root !== active?.sha256;
  const lost = trusted.filter((root) => !isAccepted(root) && !isLeft(root) && (pins.length === 0 || isUsed(root)));
  const wait = (reason: string): void => void pending.push({ mesh: name, reason });
  const differs = (published: string): void =>
    findings.add("peer-root-differs", {
      subject,
      problem: `mesh "${name}" publishes ${published}; pinned are ${pins.join(", ")}`,
      remedy: `${compare}. Nothing is changed until then`,
    });
  if (!active) {
    if (pins.length > 0 && trusted.length > 0) differs("no root");
    else if (pins.length > 0) wait("it publishes no root. Ask its owner to bring the mesh up");
  } else if (pins.length > 0 && !isAccepted(active.sha256)) differs(`the active root ${active.sha256}`);
  else if (lost.length > 0)
    findings.add("anchor-removed-while-used", {
      subject,
      problem: `${lost.join(", ")} of mesh "${name}" is not pinned any more, but exports or imports with it exist`,
      remedy: "Pin it until the peer no longer publishes it; remove these first, or add the mesh to quarantine",
    });
  else if (!isAccepted(active.sha256)) wait(`its root ${active.sha256} is not pinned. ${compare} to a list with it`);
  else if (!isOwn(active.sha256))
    for (const { sha256, use } of roots)
      if (use === "next" && !isAccepted(sha256))
        wait(`its next root ${sha256} is not pinned. ${compare} to a list with it and the active one`);
  return {
    roots: roots.filter(({ sha256 }) => pins.includes(sha256) && !isOwn(sha256)),
    pending,
    findings: findings.all,
  };
}

import type { ContractExport, ContractImport } from "../contract/contract.ts";

/** How the identities that serve an export relate to those that an import pins. */
export interface PinnedIdentities {
  /** Identities that serve the export. Answers of those that the import does not pin are rejected. */
  unpinned: string[];
  /** Whether no answer is accepted: the import pins identities, none of which serves the export. */
  replaced: boolean;
  /**
   * Trust domains of the pinned identities where `replaced` is due to another trust domain of the exporter: nothing is
   * pinned of the one that it has now. Empty otherwise.
   */
  formerDomains: string[];
}

/** Compares an export with an import of it. An import that publishes no identities is of a release that did not. */
export function pinnedIdentities(spec: ContractImport, found: ContractExport): PinnedIdentities {
  const pins = spec.subjectAltNames;
  const unpinned = pins.length === 0 ? [] : found.subjectAltNames.filter((id) => !pins.includes(id));
  const replaced = unpinned.length > 0 && unpinned.length === found.subjectAltNames.length;
  const domains = [...new Set(pins.map(trustDomainOf))].sort();
  const isMoved = replaced && !found.subjectAltNames.map(trustDomainOf).some((domain) => domains.includes(domain));
  return { unpinned, replaced, formerDomains: isMoved ? domains : [] };
}

/** Names for a message: all of a few, the first of many. */
export function someOf(names: string[]): string {
  const shown = 3;
  const more = names.length - shown;
  return [...names.slice(0, shown), ...(more > 0 ? [`${more} more`] : [])].join(", ");
}

/** The trust domain of a SPIFFE id. */
function trustDomainOf(spiffeId: string): string {
  return spiffeId.split("/")[2]!;
}

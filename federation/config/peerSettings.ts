import { z } from "zod";
import { rangeOrName, subdomain } from "./fields.ts";

/** What a mesh's owner lays down for one peer, in a stack file or in the description of a mesh. */
export const peerSettings = {
  /** Suffixes of the hosts that it may export, besides its Services' own. Any other host needs `as`. */
  hosts: z.array(subdomain).default([]),
  /** Ranges (address/prefix) and names that its gateways may have although no other mesh should. */
  allowedAddresses: z.array(rangeOrName).default([]),
  /** The peer's trust domain, where it is not this mesh's and the peer has no file in `stacks/`. */
  trustDomain: subdomain.optional(),
  /** The peer's cluster domain, where it is neither this mesh's nor `cluster.local` and has no file in `stacks/`. */
  clusterDomain: subdomain.optional(),
};

/** What a mesh's owner lays down for one peer. */
export type PeerSettings = z.infer<z.ZodObject<typeof peerSettings>>;

import type { ErrorCode } from "../../../../federation/errors/catalogue/index.ts";
import type { CertificateFacts } from "../../../../federation/trust/certificate.ts";
import type { TrustContract } from "../../../../federation/trust/trustEvidence.ts";
import type { EdgeTrust } from "../../../../verify/evidence.ts";
import { contract, type Pki } from "../../federation/trust/rotationFixtures.ts";

/** Whom both sides trust while east calls west, and what the hop shows. */
export interface TrustCase {
  what: string;
  /** What the serving workload of west shows. Default: a chain of west's first root. */
  chain?: (p: Pki) => CertificateFacts[];
  /** Bundle of the client's sidecar in east. Default: east's root. */
  bundle?: (p: Pki) => CertificateFacts[];
  contracts?: (p: Pki) => TrustContract[];
  istiodRoots?: (p: Pki) => CertificateFacts[];
  /** What the serving workload accepts; the server has then rejected the client. */
  servers?: (p: Pki) => EdgeTrust["servers"];
  /** Default: none. */
  cause?: ErrorCode;
  /** Default: the hop passes. */
  says?: RegExp;
  remedy?: RegExp;
}

const west = ({ old }: Pki) => contract("west", [["active", old.root]]);
const switched = ({ fresh }: Pki) => contract("west", [["active", fresh.root]]);
const east = ({ east: { root } }: Pki, trusted: CertificateFacts[] = [], more: Partial<TrustContract> = {}) =>
  contract("east", [["active", root]], { trusts: { west: trusted.map(({ sha256 }) => sha256) }, ...more });
const shared = ({ fresh }: Pki) => contract("east", [["active", fresh.root]]);
const pending = [{ mesh: "west", reason: "its root is not pinned" }];

export const refusedServers: TrustCase[] = [
  {
    what: "an anchor of the server's root",
    bundle: (p) => [p.east.root, p.old.anchor],
    contracts: (p) => [west(p), east(p, [p.old.root])],
  },
  {
    what: "no anchor yet",
    contracts: (p) => [west(p), east(p, [], { pending })],
    cause: "trust-anchor-missing",
    says: /does not lead to a root that east trusts: east does not accept root .*west 1.* \(its root is not pinned\)/,
    remedy: /peers\.west\.roots/,
  },
  {
    what: "an anchor of the root before",
    chain: (p) => p.fresh.chain,
    bundle: (p) => [p.east.root, p.old.anchor],
    contracts: (p) => [switched(p), east(p, [p.old.root])],
    cause: "trust-anchor-missing",
    says: /west 2.*switched its root before/,
    remedy: /peers\.west\.roots/,
  },
  {
    what: "an anchor that only the contract has",
    contracts: (p) => [west(p), east(p, [p.old.root])],
    cause: "trust-anchor-missing",
    says: /by its contract/,
    remedy: /PROXY_CONFIG_XDS_AGENT/,
  },
  {
    what: "a root that only newer pods have",
    chain: (p) => p.fresh.chain,
    bundle: (p) => [p.old.root],
    contracts: (p) => [switched(p), shared(p)],
    istiodRoots: (p) => [p.fresh.root],
    cause: "trust-root-replaced",
    says: /replaced by root .*west 2/,
    remedy: /npm run rotate/,
  },
  {
    what: "a root that istiod ignores",
    chain: (p) => p.fresh.chain,
    bundle: (p) => [p.old.root],
    contracts: (p) => [switched(p), shared(p)],
    istiodRoots: (p) => [p.old.root],
    cause: "trust-bundle-not-taken",
    says: /has not taken root .*west 2/,
    remedy: /ISTIO_MULTIROOT_MESH/,
  },
  {
    what: "a root that is on its way",
    chain: (p) => p.fresh.chain,
    bundle: (p) => [p.old.root],
    contracts: (p) => [
      switched(p),
      contract("east", [
        ["retiring", p.old.root],
        ["active", p.fresh.root],
      ]),
    ],
    istiodRoots: (p) => [p.old.root, p.fresh.root],
    cause: "trust-anchor-missing",
    says: /does not have it yet/,
    remedy: /npm run rotate/,
  },
  {
    what: "a leaf of a root that is gone",
    bundle: (p) => [p.fresh.root],
    contracts: (p) => [switched(p), shared(p)],
    cause: "trust-leaf-old",
    says: /under no root that west publishes/,
    remedy: /Recreate the pod of west.*share a root/,
  },
  {
    what: "a leaf of a root that retires",
    bundle: (p) => [p.fresh.root],
    contracts: (p) => [
      contract("west", [
        ["retiring", p.old.root],
        ["active", p.fresh.root],
      ]),
      shared(p),
    ],
    cause: "trust-leaf-old",
    says: /about to remove/,
    remedy: /Recreate the pod/,
  },
  {
    what: "another root, and no contracts",
    says: /does not lead to a root that east trusts$/,
    remedy: /share a root/,
  },
];

const names = (...roots: CertificateFacts[]) => roots.map(({ subjectDer }) => subjectDer);

/** The server has rejected the client; its own certificate is accepted. */
export const refusedClients: TrustCase[] = [
  {
    what: "a server without an anchor of the client's root",
    servers: (p) => [{ mesh: "west", bundle: [p.old.root] }],
    contracts: (p) => [west(p), east(p, [p.old.root])],
    cause: "trust-anchor-missing",
    says: /rejects the client's certificate: .*; west does not accept root .*east 1.* of east/,
    remedy: /peers\.east\.roots/,
  },
  {
    what: "a server that does not name the client's root",
    servers: (p) => [{ mesh: "west", authorities: names(p.old.root, p.fresh.root) }],
    contracts: (p) => [west(p), east(p, [p.old.root])],
    cause: "trust-anchor-missing",
    says: /west does not accept root .*east 1/,
    remedy: /peers\.east\.roots/,
  },
  {
    what: "a server that names the client's root",
    servers: (p) => [{ mesh: "west", authorities: names(p.old.root, p.east.root) }],
    contracts: (p) => [west(p), east(p, [p.old.root])],
    says: /rejects the client's certificate/,
    remedy: /share a root/,
  },
  {
    what: "a server that was not read",
    servers: () => [{ mesh: "west" }],
    contracts: (p) => [west(p), east(p, [p.old.root])],
    says: /rejects the client's certificate/,
    remedy: /share a root/,
  },
];

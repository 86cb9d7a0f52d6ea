import { certificatesIn, type CertificateFacts } from "../../../../federation/trust/certificate.ts";
import { trustAnchor } from "../../../../federation/trust/constrainedCa.ts";
import type {
  GateEvidence,
  Handshake,
  ProxyReading,
  TrustContract,
  TrustEvidence,
} from "../../../../federation/trust/trustEvidence.ts";
import { keyOf, makeLeaf, makeRoot, makeSubCa } from "../../../support/pki.ts";

export const now = Date.now();

async function one(pem: string): Promise<CertificateFacts> {
  return (await certificatesIn(pem))[0]!;
}

/** A root with an intermediate, a leaf below it with its chain as Istio sends it, and an anchor over its key. */
async function authority(name: string, trustDomain: string) {
  const root = await makeRoot(name, { kind: "ec" });
  const ca = await makeSubCa({ ca: root, name: `intermediate of ${name}` });
  const leaf = await makeLeaf({ ca, above: root.certPem, uris: [`spiffe://${trustDomain}/ns/a/sa/b`] });
  const anchor = await trustAnchor({
    rootPem: root.certPem,
    trustDomain,
    issuerName: "anchors",
    keyPem: keyOf("anchors"),
  });
  return {
    root: await one(root.certPem),
    ca: await one(ca.certPem),
    anchor: await one(anchor),
    chain: await certificatesIn(leaf.chainPem),
  };
}

/** West before and after a rotation, and east. */
export const pki = Promise.all([
  authority("west 1", "west.local"),
  authority("west 2", "west.local"),
  authority("east 1", "east.local"),
]).then(([old, fresh, east]) => ({ old, fresh, east }));
export type Pki = Awaited<typeof pki>;

type Use = TrustContract["roots"][number]["use"];

export function contract(mesh: string, roots: [Use, CertificateFacts][], more: Partial<TrustContract> = {}) {
  return {
    mesh,
    trustDomain: `${mesh}.local`,
    roots: roots.map(([use, certificate]) => ({ use, certificate })),
    ca: undefined,
    trusts: {},
    partners: new Set<string>(),
    quarantined: new Set<string>(),
    pending: [],
    ...more,
  } satisfies TrustContract;
}

export function proxy(
  pod: string,
  bundle: CertificateFacts[],
  chain: CertificateFacts[],
  takesBundle = true,
): ProxyReading {
  return { pod: `apps/${pod}`, bundle, chain, takesBundle };
}

export function cluster(mesh: string, istiodRoots: CertificateFacts[], proxies: ProxyReading[]): TrustEvidence {
  return { mesh, now, proxies, proxiesLeftOut: 0, istiodRoots, multiRoot: true, configured: [] };
}

export function gateEvidence(clusters: TrustEvidence[], handshakes: Handshake[] = []): GateEvidence {
  return { mesh: "west", clusters: new Map(clusters.map((c) => [c.mesh, c])), handshakes };
}

export const byName = (contracts: TrustContract[]) => new Map(contracts.map((c) => [c.mesh, c]));

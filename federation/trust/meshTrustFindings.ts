import { Findings, type Finding } from "../errors/userError.ts";
import type { CertificateFacts } from "./certificate.ts";
import { isValidAt } from "./chainPath.ts";
import { shortName } from "./gateFindings.ts";
import { acceptsRoot, issuedUnder, podList, proxiesWhere, type ReadProxy } from "./trustCounts.ts";
import { bundleNotTaken } from "./trustDiagnosis.ts";
import { isUnread, type TrustContract, type TrustContracts, type TrustEvidence } from "./trustEvidence.ts";

/** A mesh as it was read, with its contract. */
interface Reading {
  subject: string;
  own: TrustContract;
  evidence: TrustEvidence;
}

/**
 * What is wrong with the trust of a mesh that no rotation explains: calls fail for it, or will after a restart, or a
 * peer's CA is not bound to its trust domain. Empty when the proxies that were read have what the contract says.
 */
export function meshTrustFindings(
  own: TrustContract,
  evidence: TrustEvidence,
  contracts: TrustContracts,
): readonly Finding[] {
  const reading: Reading = { subject: `mesh "${own.mesh}"`, own, evidence };
  return [
    ...istiodFindings(reading),
    ...rootFindings(reading),
    ...leafFindings(reading),
    ...dateFindings(reading),
    ...anchorFindings(reading, contracts),
    ...unboundFindings(reading, contracts),
  ];
}

/** Roots that the mesh publishes, and istiod does not hold. */
function istiodFindings({ subject, own, evidence: { istiodRoots, multiRoot } }: Reading): Finding[] {
  if (isUnread(istiodRoots)) return [];
  const missing = own.roots
    .map(({ certificate }) => certificate)
    .filter((root) => !istiodRoots.some(({ sha256 }) => sha256 === root.sha256));
  return missing.length === 0 ? [] : [{ subject, ...bundleNotTaken(own.mesh, missing, multiRoot) }];
}

/** Proxies without the root under which the mesh issues, although istiod has it. */
function rootFindings({ subject, own, evidence }: Reading): Finding[] {
  const active = own.roots.find(({ use }) => use === "active")?.certificate;
  const { istiodRoots } = evidence;
  if (!active || isUnread(istiodRoots) || !istiodRoots.some(({ sha256 }) => sha256 === active.sha256)) return [];
  const lacking = proxiesWhere(evidence, ({ bundle }) => !bundle.some(({ sha256 }) => sha256 === active.sha256));
  if (lacking.length === 0) return [];
  return [
    {
      code: "trust-root-replaced",
      subject,
      problem:
        `${some(lacking, evidence)} lack root ${shortName(active)}, ` +
        `under which the mesh issues: ${podList(lacking)}`,
      remedy:
        "Recreate these pods: they do not accept those that have started since. Another time use `npm run rotate`",
    },
  ];
}

/** Leaves under no root that the mesh publishes. */
function leafFindings({ subject, own, evidence }: Reading): Finding[] {
  const roots = own.roots.map(({ certificate }) => certificate);
  const old = roots.length === 0 ? [] : proxiesWhere(evidence, ({ chain }) => issuedUnder(chain, roots).length === 0);
  if (old.length === 0) return [];
  return [
    {
      code: "trust-leaf-old",
      subject,
      problem: `${some(old, evidence)} have a leaf under no root that the mesh publishes: ${podList(old)}`,
      remedy: "Recreate these pods",
    },
  ];
}

/** Certificates in bundles that are not valid now. Of two with one name, Envoy uses the first only. */
function dateFindings({ subject, evidence }: Reading): Finding[] {
  const { now } = evidence;
  const invalid = new Map<string, CertificateFacts>();
  for (const { bundle } of proxiesWhere(evidence, () => true))
    for (const c of bundle) if (!isValidAt(c, now)) invalid.set(c.sha256, c);
  return [...invalid.values()].map((certificate): Finding => {
    const holding = proxiesWhere(evidence, ({ bundle }) => bundle.some(({ sha256 }) => sha256 === certificate.sha256));
    const hides = holding.some(({ bundle }) =>
      bundle.some((c) => c.subjectDer === certificate.subjectDer && c.sha256 !== certificate.sha256),
    );
    return {
      code: "trust-anchor-expired",
      subject,
      problem:
        `${shortName(certificate)} is valid from ${certificate.notBefore.toISOString()} to ` +
        `${certificate.notAfter.toISOString()}, and in the bundle of ${some(holding, evidence)}: ${podList(holding)}` +
        (hides ? "; it hides another of the same name" : ""),
      remedy: hides ? "Remove the one that is not valid from the bundle" : "Renew it, or remove it from the bundle",
    };
  });
}

/** Proxies without an anchor over a root of a peer that the mesh says it has anchored. */
function anchorFindings({ subject, own, evidence }: Reading, contracts: TrustContracts): Finding[] {
  const findings = new Findings();
  const ownRoots = new Set(own.roots.map(({ certificate }) => certificate.sha256));
  for (const [peer, roots] of Object.entries(own.trusts))
    for (const { certificate } of contracts.get(peer)?.roots ?? []) {
      if (!roots.includes(certificate.sha256) || ownRoots.has(certificate.sha256)) continue;
      const lacking = proxiesWhere(evidence, ({ bundle }) => !acceptsRoot(bundle, certificate));
      if (lacking.length > 0)
        findings.add("trust-anchor-missing", {
          subject,
          problem:
            `${some(lacking, evidence)} have no anchor over root ${shortName(certificate)} of mesh "${peer}": ` +
            podList(lacking),
          remedy:
            "Recreate these pods: one that started without PROXY_CONFIG_XDS_AGENT gets no anchors. istiod needs " +
            "ISTIO_MULTIROOT_MESH",
        });
    }
  return [...findings.all];
}

/** Roots of peers that stand in a bundle without a constraint. */
function unboundFindings({ subject, own, evidence }: Reading, contracts: TrustContracts): Finding[] {
  const ownRoots = new Set(own.roots.map(({ certificate }) => certificate.sha256));
  const peers = [...contracts.values()].filter(({ mesh }) => mesh !== own.mesh);
  return peers.flatMap(({ mesh, roots }) =>
    roots
      .filter(({ certificate }) => ownRoots.size > 0 && !ownRoots.has(certificate.sha256))
      .flatMap(({ certificate }): Finding[] => {
        const isPlain = (c: CertificateFacts) =>
          c.keySha256 === certificate.keySha256 && c.isCa && c.permittedUris.length === 0;
        const holding = proxiesWhere(evidence, ({ bundle }) => bundle.some(isPlain));
        if (holding.length === 0) return [];
        return [
          {
            code: "trust-anchor-unbound",
            subject,
            problem:
              `${some(holding, evidence)} accept root ${shortName(certificate)} of mesh "${mesh}" without a ` +
              `constraint: ${podList(holding)}. That mesh can act as any workload of this one`,
            remedy:
              "Remove it from caCertificates and from root-cert.pem; an anchor bound to its trust domain is enough",
          },
        ];
      }),
  );
}

function some(proxies: ReadProxy[], { proxies: all }: TrustEvidence): string {
  return `${proxies.length} of ${all.length} proxies`;
}

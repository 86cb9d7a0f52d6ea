import { Findings, type Finding } from "../errors/userError.ts";
import type { CertificateFacts } from "./certificate.ts";
import { acceptsRoot, issuedUnder, podList, proxiesWhere } from "./trustCounts.ts";
import { isUnread, type TrustContract, type TrustEvidence } from "./trustEvidence.ts";

/** Proxies that could not be asked. */
export function unreadFindings({ mesh, proxies, proxiesLeftOut }: TrustEvidence): readonly Finding[] {
  const unread = proxies.filter(isUnread);
  const reason = unread[0]?.failure;
  const subject = `mesh "${mesh}"`;
  const found: Finding[] = [];
  if (unread.length > 0)
    found.push({
      code: "rotation-proxy-unread",
      subject,
      problem: `${unread.length} of ${proxies.length} proxies do not answer (${reason}): ${podList(unread)}`,
      remedy: "Restart these pods; they start with the current bundle and a new leaf",
    });
  if (proxies.length === 0 || proxiesLeftOut > 0)
    found.push({
      code: "rotation-proxy-unread",
      subject,
      problem: proxies.length === 0 ? "no pod with Istio's proxy runs" : `${proxiesLeftOut} proxies were not asked`,
      remedy: "Run the command while the workloads run, with credentials that list the pods of all namespaces",
    });
  return found;
}

/** Where a root is missing: in what istiod holds, and in proxies. */
export function missingRootFindings(
  cluster: TrustEvidence,
  root: CertificateFacts,
  of: Pick<TrustContract, "mesh">,
): readonly Finding[] {
  const { mesh, istiodRoots, multiRoot } = cluster;
  const findings = new Findings();
  const subject = `mesh "${mesh}"`;
  const isOwn = mesh === of.mesh;
  const name = `root ${shortName(root)}${isOwn ? "" : ` of mesh "${of.mesh}"`}`;
  if (isOwn && isUnread(istiodRoots))
    findings.add("rotation-bundle-not-taken", {
      subject,
      problem: `what its istiod holds cannot be read: ${istiodRoots.failure}`,
      remedy: "Allow the credentials to get ConfigMap istio-ca-root-cert in Istio's namespace",
    });
  else if (isOwn && !(istiodRoots as CertificateFacts[]).some(({ sha256 }) => sha256 === root.sha256))
    findings.add("rotation-bundle-not-taken", {
      subject,
      problem: `its istiod has not taken ${name}: ConfigMap istio-ca-root-cert lacks it`,
      remedy:
        multiRoot === false
          ? "Set ISTIO_MULTIROOT_MESH of istiod to true: without it, istiod ignores another bundle until it restarts"
          : "Wait two minutes for the kubelet to show istiod the Secret; if that does not help, restart istiod",
    });
  const isIn = (bundle: readonly CertificateFacts[]) =>
    isOwn ? bundle.some(({ sha256 }) => sha256 === root.sha256) : acceptsRoot(bundle, root);
  const lacking = proxiesWhere(cluster, ({ bundle }) => !isIn(bundle));
  if (lacking.length > 0) {
    const late = lacking.filter((p) => !p.takesBundle);
    findings.add("rotation-root-missing", {
      subject,
      problem: `${lacking.length} of ${cluster.proxies.length} proxies lack ${name}: ${podList(lacking)}`,
      remedy:
        late.length > 0
          ? `Restart ${podList(late)}: they started without PROXY_CONFIG_XDS_AGENT, and get a bundle with a leaf only`
          : "Wait some seconds; restart pods that still lack it",
    });
  }
  return findings.all;
}

/** Proxies whose leaf is not issued under a root. */
export function oldLeafFindings(
  cluster: TrustEvidence,
  { roots }: Pick<TrustContract, "roots">,
  target: CertificateFacts,
): readonly Finding[] {
  const candidates = [target, ...roots.map(({ certificate }) => certificate)];
  const old = proxiesWhere(cluster, ({ chain }) => !issuedUnder(chain, candidates).includes(target.sha256));
  if (old.length === 0) return [];
  return [
    {
      code: "rotation-leaf-old",
      subject: `mesh "${cluster.mesh}"`,
      problem:
        `${old.length} of ${cluster.proxies.length} proxies have a leaf that is not issued under root ` +
        `${shortName(target)}: ${podList(old)}`,
      remedy: "Wait some seconds, or restart these pods; without a restart a leaf is renewed after about 12 hours",
    },
  ];
}

/** Proxies with a root that neither the contract nor the mesh config has: one of an earlier rotation. */
export function leftoverFindings(cluster: TrustEvidence, { roots }: TrustContract): readonly Finding[] {
  const { configured } = cluster;
  const known = new Set(
    [...roots.map((r) => r.certificate), ...(isUnread(configured) ? [] : configured)].map((c) => c.sha256),
  );
  const isLeftover = (c: CertificateFacts) => c.permittedUris.length === 0 && !known.has(c.sha256);
  const holding = proxiesWhere(cluster, ({ bundle }) => bundle.some(isLeftover));
  if (holding.length === 0) return [];
  const leftovers = new Map(holding.flatMap(({ bundle }) => bundle.filter(isLeftover)).map((c) => [c.sha256, c]));
  return [
    {
      code: "rotation-root-remains",
      subject: `mesh "${cluster.mesh}"`,
      problem:
        `${holding.length} of ${cluster.proxies.length} proxies still have root ` +
        `${[...leftovers.values()].slice(0, 3).map(shortName).join(", ")}: ${podList(holding)}`,
      remedy: "Wait some seconds; restart pods that still have it",
    },
  ];
}

/** A certificate for people: its name, and the start of its fingerprint. */
export function shortName({ subject, sha256 }: CertificateFacts): string {
  return `${sha256.slice(0, 12)} (${subject.slice(0, 100)})`;
}

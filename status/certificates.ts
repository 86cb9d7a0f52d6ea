import { printable } from "../federation/errors/userError.ts";
import type { CertificateFacts } from "../federation/trust/certificate.ts";
import type { ProxyTrust, TrustContract, Unread } from "../federation/trust/trustEvidence.ts";
import { errorLine } from "../kube/errors.ts";
import { IstioProxy } from "../kube/istioProxy.ts";
import type { KubeClient } from "../kube/kubeClient.ts";
import { readProxyTrust } from "../kube/meshTrust.ts";
import { hasProxy, isReady } from "../kube/objects.ts";
import type { NumberedCa } from "./rotations.ts";
import type { Expiry } from "./status.ts";

/** Label that Istio gives every pod with a sidecar or gateway proxy. */
const proxied = { "security.istio.io/tlsMode": "istio" };

/** Number of pods that are read to find a ready one. */
const maxPods = 50;

/** What a mesh publishes of its certificates. */
export type PublishedCertificates = Pick<TrustContract, "mesh" | "ca" | "roots">;

/** What one workload of a mesh holds. */
export interface WorkloadTrust extends ProxyTrust {
  /** `namespace/account`. */
  workload: string;
}

/**
 * Reads a ready workload of a mesh, or why its proxy cannot be read; undefined where there is none. Rejects where the
 * pods cannot be listed.
 */
export async function readWorkloadTrust(cluster: KubeClient): Promise<WorkloadTrust | Unread | undefined> {
  const running = { labels: proxied, fields: { "status.phase": "Running" }, limit: maxPods };
  const pod = (await cluster.pods(undefined, running)).find((p) => isReady(p) && hasProxy(p));
  if (!pod) return undefined;
  const { namespace, name } = pod.metadata;
  try {
    const workload = `${namespace}/${pod.spec?.serviceAccountName ?? name}`;
    return { workload, ...(await readProxyTrust(new IstioProxy(cluster, namespace, name))) };
  } catch (error) {
    return { failure: printable(`the certificates of pod ${namespace}/${name} were not read: ${errorLine(error)}`) };
  }
}

/**
 * The certificates of a mesh: those that it publishes, and those of one of its workloads, each once.
 * @param numbered the mesh's CA, as its stack file says; undefined where another owner signs it
 */
export function certificatesOf(
  { mesh, ca, roots }: PublishedCertificates,
  workload: WorkloadTrust | undefined,
  numbered: NumberedCa | undefined,
): Expiry[] {
  const rows = new Map<string, Expiry>();
  const add = (c: CertificateFacts, kind: Expiry["kind"], name: string, more: Partial<Expiry> = {}): void => {
    if (rows.has(c.sha256)) return;
    const [notBefore, notAfter] = [c.notBefore.getTime(), c.notAfter.getTime()];
    rows.set(c.sha256, { mesh, kind, certificate: name, sha256: c.sha256, notBefore, notAfter, ...more });
  };
  const permits = ({ permittedUris }: CertificateFacts) => (permittedUris.length > 0 ? { permits: permittedUris } : {});
  for (const { use, certificate: c } of roots)
    add(c, "root", named("root CA", c, use), { use, ...permits(c), ...(numbered ? { rotatable: true } : {}) });
  if (ca) add(ca, "intermediate", named("intermediate CA", ca), { ...permits(ca), ...renewalOf(ca, roots, numbered) });
  const [leaf, ...above] = workload?.chain ?? [];
  if (leaf) add(leaf, "workload", `workload ${workload!.workload}`);
  for (const c of above.filter(({ selfIssued }) => !selfIssued))
    add(c, "intermediate", named("intermediate CA", c), permits(c));
  for (const c of [...above, ...(workload?.bundle ?? [])])
    if (c.permittedUris.length > 0) add(c, "anchor", named("anchor", c), permits(c));
    else add(c, "root", named("root CA", c, roots.length > 0 ? "unpublished" : undefined));
  return [...rows.values()];
}

/** A certificate for people: its kind, the trust domains that it permits, its subject and its use. */
function named(kind: string, { permittedUris, subject }: CertificateFacts, use?: string): string {
  const constraint = permittedUris.length > 0 ? ` for ${permittedUris.join(", ")}` : "";
  return `${kind}${use ? ` (${use})` : ""}${constraint}: ${subject}`;
}

/** From when on an `up` renews a CA: never where it ends with its root, as no CA outlives that. */
function renewalOf(ca: CertificateFacts, roots: PublishedCertificates["roots"], numbered: NumberedCa | undefined) {
  const end = ca.notAfter.getTime();
  const endsWithRoot = roots.some(
    ({ certificate }) => certificate.subjectDer === ca.issuerDer && certificate.notAfter.getTime() <= end,
  );
  return numbered?.earlyRenewal === undefined || endsWithRoot ? {} : { renewsAt: end - numbered.earlyRenewal };
}

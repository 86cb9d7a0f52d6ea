import { parse } from "yaml";
import { istioNamespace } from "../federation/config/defaults.ts";
import { printable } from "../federation/errors/userError.ts";
import { certificatesIn, type CertificateFacts } from "../federation/trust/certificate.ts";
import type { ProxyReading, ProxyTrust, TrustEvidence, Unread } from "../federation/trust/trustEvidence.ts";
import { ownChain, trustedRoots } from "./envoy.ts";
import { errorLine } from "./errors.ts";
import { inParallel } from "./inParallel.ts";
import { IstioProxy } from "./istioProxy.ts";
import type { KubeClient } from "./kubeClient.ts";
import { isLiving, runsProxy, type Pod } from "./objects.ts";
import { retry } from "./retry.ts";

/** Number of proxies that are asked in parallel: each costs the API server a connection to a node. */
const concurrency = 8;

/** Where a mesh's trust is read, and how much of it. */
export interface TrustReadOptions {
  mesh: string;
  /** Number of proxies at most; default: all. */
  proxies?: number;
}

/**
 * Reads the trust bundles and the certificates of the proxies of a mesh, and what its istiod holds. It needs to list
 * pods, to get ConfigMaps in Istio's namespace and to create `pods/exec`. A proxy or an object that cannot be read is
 * part of the evidence. Rejects where the pods cannot be listed.
 */
export async function readMeshTrust(cluster: KubeClient, options: TrustReadOptions): Promise<TrustEvidence> {
  const { mesh, proxies: most = Infinity } = options;
  const pods = await retry(() => cluster.pods());
  const parser = new CertificateCache();
  const running = pods.filter(runsProxy);
  const { namespace, istiods } = controlPlane(pods);
  const [istiodRoots, configured, proxies] = await Promise.all([
    reading(() => readIstiodRoots(cluster, namespace, parser)),
    reading(() => readConfigured(cluster, namespace, istiods, parser)),
    inParallel(running.slice(0, most), concurrency, (pod) => readProxy(cluster, pod, parser)),
  ]);
  return {
    mesh,
    now: Date.now(),
    proxies,
    proxiesLeftOut: Math.max(0, running.length - most),
    istiodRoots,
    multiRoot:
      istiods.length === 0 ? undefined : istiods.every((pod) => isOn(pod, "discovery", "ISTIO_MULTIROOT_MESH")),
    configured,
  };
}

/** The running istiod and its namespace: Istio's usual one, unless it is in another. */
function controlPlane(pods: Pod[]): { namespace: string; istiods: Pod[] } {
  const found = pods.filter((pod) => pod.metadata.labels?.["app"] === "istiod" && isLiving(pod));
  const inUsual = found.some(({ metadata }) => metadata.namespace === istioNamespace);
  const namespace = inUsual ? istioNamespace : (found[0]?.metadata.namespace ?? istioNamespace);
  return { namespace, istiods: found.filter(({ metadata }) => metadata.namespace === namespace) };
}

async function readProxy(cluster: KubeClient, pod: Pod, parser: CertificateCache): Promise<ProxyReading> {
  const { namespace, name } = pod.metadata;
  const common = { pod: `${namespace}/${name}`, takesBundle: isOn(pod, "istio-proxy", "PROXY_CONFIG_XDS_AGENT") };
  const proxy = new IstioProxy(cluster, namespace, name);
  return { ...common, ...(await reading(() => readProxyTrust(proxy, parser))) };
}

/** Reads the bundle and the chain of one proxy. Rejects where it has none of either. */
export async function readProxyTrust(proxy: IstioProxy, parser = new CertificateCache()): Promise<ProxyTrust> {
  const secrets = await proxy.resources("dynamic_active_secrets");
  const [bundle, chain] = [trustedRoots(secrets), ownChain(secrets)];
  if (!bundle || !chain) throw new Error(`its proxy has no ${bundle ? "certificate" : "trust bundle"}`);
  return { bundle: await parser.read(bundle), chain: await parser.read(chain) };
}

/** The roots that the istiod of a mesh holds, or why they cannot be read. */
export async function istiodRootsOf(cluster: KubeClient): Promise<CertificateFacts[] | Unread> {
  return reading(() => readIstiodRoots(cluster, istioNamespace, new CertificateCache()));
}

async function readIstiodRoots(cluster: KubeClient, namespace: string, parser: CertificateCache) {
  const pem = (await retry(() => cluster.configMap(namespace, "istio-ca-root-cert")))?.data?.["root-cert.pem"];
  if (!pem) throw new Error(`there is no ConfigMap ${namespace}/istio-ca-root-cert`);
  return parser.read(pem);
}

/** https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig */
async function readConfigured(cluster: KubeClient, namespace: string, istiods: Pod[], parser: CertificateCache) {
  const revision = istiods[0]?.metadata.labels?.["istio.io/rev"] ?? "default";
  const name = revision === "default" ? "istio" : `istio-${revision}`;
  const text = (await retry(() => cluster.configMap(namespace, name)))?.data?.["mesh"];
  if (text === undefined) throw new Error(`there is no ConfigMap ${namespace}/${name} with a mesh config`);
  const entries: unknown = (parse(text) as { caCertificates?: unknown } | null)?.caCertificates ?? [];
  const pems = (Array.isArray(entries) ? entries : []).map((entry: { pem?: unknown } | null) => entry?.pem ?? "");
  return (await Promise.all(pems.map((pem) => parser.read(String(pem))))).flat();
}

/** What can be read, or why it cannot. */
async function reading<T extends object>(read: () => Promise<T>): Promise<T | Unread> {
  try {
    return await read();
  } catch (error) {
    return { failure: printable(errorLine(error)) };
  }
}

/** Whether a container of a pod has an environment variable that is true. */
function isOn({ spec }: Pod, container: string, variable: string): boolean {
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const value = containers.find(({ name }) => name === container)?.env?.find(({ name }) => name === variable)?.value;
  // Go's strconv.ParseBool.
  return ["1", "t", "true"].includes(value?.toLowerCase() ?? "");
}

/** The proxies of a mesh hold the same certificates: each is parsed once. A bundle may have any number of them. */
class CertificateCache {
  private readonly known = new Map<string, Promise<CertificateFacts[]>>();

  async read(pem: string): Promise<CertificateFacts[]> {
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    return (await Promise.all(blocks.map((block) => this.certificate(block)))).flat();
  }

  private certificate(block: string): Promise<CertificateFacts[]> {
    const found = this.known.get(block) ?? certificatesIn(block);
    this.known.set(block, found);
    return found;
  }
}

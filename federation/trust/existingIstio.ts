import { X509Certificate } from "node:crypto";
import { revisioned } from "../cluster/revisions.ts";
import { isTrueInGo, listOf, mappingIn, mappingOf } from "../config/values.ts";
import { keyFingerprint } from "./asn1.ts";
import type { TrustBundle } from "./bundle.ts";
import { isValidAt } from "./chainPath.ts";
import { maxRootCharacters, maxRoots } from "./ownRootFindings.ts";
import { certificatesOrNone, type CertificateFacts } from "./certificate.ts";

/** What objects of an existing Istio say; undefined where there is no such object, or no such part of it. */
export interface IstioObjects {
  /** Field `mesh` of the ConfigMap with the mesh configuration: YAML. */
  mesh: string | undefined;
  /** Variables of istiod's container. A value that is not plain is undefined. */
  env: Readonly<Record<string, string | undefined>> | undefined;
  /** Field `root-cert.pem` of ConfigMap `istio-ca-root-cert`: what the proxies trust as the mesh's own. */
  rootCert: string | undefined;
}

/** Whom the proxies of an existing Istio trust, and what keeps them from it. */
export interface IstioTrust {
  /** In `meshConfig.caCertificates`. */
  anchors: CertificateFacts[];
  /** In the mesh's own bundle. */
  bundle: CertificateFacts[];
  /** Trust domains besides its own whose callers the workloads accept. */
  trustDomains: string[];
  /** Whether istiod hands `caCertificates` to proxies (ISTIO_MULTIROOT_MESH). */
  multiRoot: boolean;
  /** Whether proxies take them (PROXY_CONFIG_XDS_AGENT). */
  agent: boolean;
}

/** The objects of an Istio of a namespace and a revision. */
export function istioNames({ namespace, revision }: { namespace: string; revision?: string | undefined }): IstioNames {
  return {
    configMap: `ConfigMap ${namespace}/${revisioned("istio", revision)}`,
    deployment: `Deployment ${namespace}/${revisioned("istiod", revision)}`,
  };
}

/**
 * Reads what the objects of an Istio say about trust. They are input: what does not have the expected shape counts as
 * absent.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export async function istioTrustOf({ mesh, env, rootCert }: IstioObjects): Promise<IstioTrust> {
  const config = mappingIn(mesh);
  const entries = listOf(config["caCertificates"]).map(mappingOf);
  const metadata = mappingOf(mappingOf(config["defaultConfig"])["proxyMetadata"]);
  const pems = entries.flatMap(({ pem }) => (typeof pem === "string" ? [pem] : []));
  const accepted = [...entries.flatMap((e) => listOf(e["trustDomains"])), ...listOf(config["trustDomainAliases"])];
  return {
    anchors: (await Promise.all(pems.map(certificatesOrNone))).flat(),
    bundle: rootCert === undefined ? [] : await certificatesOrNone(rootCert),
    trustDomains: accepted.filter((domain) => typeof domain === "string"),
    multiRoot: isTrueInGo(env?.["ISTIO_MULTIROOT_MESH"]),
    agent: isTrueInGo(metadata["PROXY_CONFIG_XDS_AGENT"]),
  };
}

/** What is known of an existing Istio, which the program cannot change. */
export interface ExistingIstio {
  /** Undefined where it cannot be read, or was not asked for because no peer needs an anchor. */
  trust: IstioTrust | undefined;
  /** Whether the mesh's roots are those that it has, and not a file's. */
  hasRoots: boolean;
  names: IstioNames;
}

/** Names of the objects of an Istio, for people. */
export interface IstioNames {
  /** ConfigMap with the mesh configuration. */
  configMap: string;
  /** Deployment of istiod. */
  deployment: string;
}

/**
 * The bundle of an Istio's own roots. Which of them signs is not visible: the first counts as active. Anchors in it are
 * no roots.
 * @returns undefined where there is none, or what a contract cannot have
 */
export function bundleOfIstio({ bundle }: IstioTrust): TrustBundle | undefined {
  const own = bundle
    .filter(({ selfIssued, isCa, pem }) => selfIssued && isCa && pem.length <= maxRootCharacters)
    .map(({ pem, sha256 }) => ({ pem, sha256 }));
  const roots = own.filter(({ sha256 }, i) => own.findIndex((other) => other.sha256 === sha256) === i);
  return roots.length > 0 && roots.length <= maxRoots ? { roots, active: roots[0]!.sha256 } : undefined;
}

/** Whether an anchor of a root is in force, and what else has the root's key. */
export type AnchorState =
  /** Every proxy gets it. */
  | "installed"
  /** It is there, but a flag keeps it from proxies. */
  | "off"
  | "missing"
  /** One is not valid now. Proxies take the first certificate of a name, so a valid one beside it may not help. */
  | "expired"
  /** Another certificate of the root's key is there, which does not bind it, or takes the anchor's place. */
  | "unbound";

/**
 * The state of the anchor of a root: a certificate over its key that permits identities of one trust domain only. Which
 * key has signed it does not matter, as nobody verifies that.
 * @param now undefined: every certificate is valid
 */
export function anchorState(
  root: { pem: string },
  trustDomain: string,
  istio: IstioTrust,
  now: Date | undefined,
): AnchorState {
  const { publicKey, subject } = new X509Certificate(root.pem);
  const key = keyFingerprint(publicKey);
  const ofKey = (found: CertificateFacts[]) => found.filter(({ keySha256 }) => keySha256 === key);
  const isAnchor = ({ pem, ...facts }: CertificateFacts): boolean =>
    new X509Certificate(pem).subject === subject &&
    facts.isCa &&
    facts.permittedUris.length === 1 &&
    facts.permittedUris[0] === trustDomain &&
    !facts.permitsOthers &&
    !facts.excludesUris &&
    facts.excludesDns &&
    facts.excludesIps;
  const [anchors, bundle] = [ofKey(istio.anchors), ofKey(istio.bundle)];
  const all = [...anchors, ...bundle];
  if (!all.every(isAnchor)) return "unbound";
  if (now && !all.every((anchor) => isValidAt(anchor, now.getTime()))) return "expired";
  // What is in the bundle reaches proxies without any flag.
  if (bundle.length > 0) return "installed";
  if (anchors.length === 0) return "missing";
  return istio.multiRoot && istio.agent ? "installed" : "off";
}

import { defaultClusterDomain } from "../config/defaults.ts";
import type { MeshConfig } from "../config/readMeshConfig.ts";
import { certificatesInValues } from "./istioValueConflicts.ts";
import { mergeValues, type ArtifactSources } from "../config/sources.ts";
import { smallProxyRequests, spread, type Profile } from "./profile.ts";

/**
 * Both charts write the webhooks' failure policy that istiod would set later by itself; otherwise every refresh shows
 * a change. https://istio.io/latest/docs/setup/install/helm/
 */
const validation = { base: { validationFailurePolicy: "Fail" } };

/** Values for chart `base`: CRDs and the default validator, which calls the control plane of a revision. */
export function baseValues(revision: string): Record<string, unknown> {
  return { ...validation, defaultRevision: revision === "" ? "default" : revision };
}

/** Registry with prefix, and tag, of a mesh's images of Istio. */
export function istioImages({ istio }: Pick<MeshConfig, "istio">, sources: ArtifactSources) {
  const own = istio.provider === "managed" ? istio : undefined;
  return { hub: own?.hub ?? sources.istio.hub, tag: own?.tag ?? own?.version ?? sources.istio.tag };
}

/** Replicas and requests of a profile. In `production`, those that the chart has are not repeated. */
function sized(profile: Profile): Record<string, unknown> {
  if (profile === "production")
    return { autoscaleMin: 2, topologySpreadConstraints: spread({ app: "istiod", istio: "pilot" }) };
  return {
    autoscaleEnabled: false,
    resources: { requests: { cpu: "50m", memory: "128Mi" } },
    global: { proxy: { resources: { requests: smallProxyRequests } } },
  };
}

/**
 * Values for chart `istiod`: Istio's default profile in the size of the mesh's, access log on stdout, DNS capture on (a
 * remote-only host has no other way to an address), and the mesh's own identity. What the images in use need and what
 * the user sets win, in that order; `istioValueFindings` refuses what contradicts the identity, and the user's
 * `caCertificates` are added to those here.
 *
 * Callers of other trust domains are accepted by `caCertificates[].trustDomains`: `trustDomainAliases` would make
 * identities of both domains interchangeable in every policy. No certificate stands beside those of a shared root; a
 * peer of another root has its anchors there. Two flags let istiod and its proxies take a changed bundle while they
 * run.
 *
 * @param anchors of peers of other roots
 */
export function istiodValues(
  config: MeshConfig,
  sources: ArtifactSources,
  acceptedTrustDomains: string[] = [],
  anchors: readonly { trustDomain: string; pem: string }[] = [],
): Record<string, unknown> {
  const istio = config.istio.provider === "managed" ? config.istio : undefined;
  const accepted = acceptedTrustDomains.length > 0 ? [{ trustDomains: acceptedTrustDomains }] : [];
  const anchored = anchors.map(({ pem }) => ({ pem }));
  const { clusterDomain } = config.mesh;
  const caCertificates = [...accepted, ...anchored, ...certificatesInValues(config.istio)];
  return mergeValues(
    validation,
    sized(config.profile),
    {
      ...(istio?.revision === undefined ? {} : { revision: istio.revision }),
      meshConfig: {
        accessLogFile: "/dev/stdout",
        trustDomain: config.mesh.trustDomain,
        defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true", PROXY_CONFIG_XDS_AGENT: "true" } },
      },
      env: { ISTIO_MULTIROOT_MESH: "true" },
      global: {
        ...istioImages(config, sources),
        ...(sources.istio.imagePullPolicy ? { imagePullPolicy: sources.istio.imagePullPolicy } : {}),
        meshID: config.mesh.meshId,
        network: config.mesh.network,
        multiCluster: { clusterName: config.mesh.cluster },
        ...(clusterDomain === defaultClusterDomain ? {} : { proxy: { clusterDomain } }),
      },
    },
    sources.istio.istiodValues,
    istio?.values,
    caCertificates.length > 0 ? { meshConfig: { caCertificates } } : {},
  );
}

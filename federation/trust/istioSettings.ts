import { stringify } from "yaml";
import { Findings, type Finding } from "../errors/userError.ts";
import { anchorState, type ExistingIstio } from "./existingIstio.ts";
import type { AnchoredPeer } from "./peerTrust.ts";

/** Name of the stack output with what the owner of an existing Istio must set. */
export const settingsOutput = "istioSettings";

/** What an Istio must be set to, as values of chart istiod: YAML with comments. */
export function settingsText(
  mesh: string,
  anchors: readonly { mesh: string; root: string; pem: string }[],
  acceptedTrustDomains: readonly string[],
): string {
  const accepted = acceptedTrustDomains.length > 0 ? [{ trustDomains: acceptedTrustDomains }] : [];
  const values = {
    env: { ISTIO_MULTIROOT_MESH: "true" },
    meshConfig: {
      caCertificates: [...accepted, ...anchors.map(({ pem }) => ({ pem }))],
      defaultConfig: { proxyMetadata: { PROXY_CONFIG_XDS_AGENT: "true" } },
    },
  };
  const roots = anchors.map(({ mesh: peer, root }) => `# - root ${root} of mesh ${peer}`);
  return [
    `# What Istio of mesh ${mesh} needs, as values of chart istiod; env is that of istiod itself. Add the entries of`,
    "# caCertificates to those that it has. Pods take proxyMetadata with their next restart. The anchors are of:",
    ...roots,
    stringify(values, { lineWidth: 0 }).trimEnd(),
    "",
  ].join("\n");
}

/**
 * What an existing Istio lacks to trust the peers that a mesh anchors; empty when its proxies trust each of them, for
 * its own trust domain only.
 * @param acceptedTrustDomains whose callers the mesh's exports need
 * @param existing nothing is found where its settings are not known
 * @param now undefined: every certificate is valid
 */
export function settingsFindings(
  anchored: readonly AnchoredPeer[],
  acceptedTrustDomains: readonly string[],
  existing: Pick<ExistingIstio, "trust" | "names">,
  now: Date | undefined,
): readonly Finding[] {
  const findings = new Findings();
  const { trust: istio, names } = existing;
  if (!istio || anchored.length === 0) return findings.all;
  const { configMap, deployment } = names;
  const remedy = `Set what stack output ${settingsOutput} has`;
  const states = anchored.flatMap(({ mesh, trustDomain, roots }) =>
    roots.map((root) => ({ mesh, trustDomain, root, state: anchorState(root, trustDomain, istio, now) })),
  );
  for (const { mesh, trustDomain, root, state } of states)
    if (state === "missing")
      findings.add("istio-anchor-missing", {
        subject: configMap,
        problem: `meshConfig.caCertificates has no anchor of root ${root.sha256} of mesh "${mesh}"`,
        remedy,
      });
    else if (state === "unbound")
      findings.add("istio-anchor-unbound", {
        subject: configMap,
        problem:
          `a certificate with the key of root ${root.sha256} of mesh "${mesh}" is not bound to ${trustDomain}: the ` +
          "peer's CA could act as this mesh's own workloads",
        remedy: `Remove every certificate of this key but the anchor in stack output ${settingsOutput}`,
      });
    else if (state === "expired")
      findings.add("istio-anchor-expired", {
        subject: configMap,
        problem: `an anchor of root ${root.sha256} of mesh "${mesh}" is not valid now`,
        remedy: `Replace it by the one in stack output ${settingsOutput}`,
      });
  const missing = (object: string, setting: string): void =>
    findings.add("istio-flag-missing", {
      subject: object,
      problem: `${setting} is not "true", without which anchors in caCertificates have no effect`,
      remedy,
    });
  // Anchors in the bundle need no flag.
  if (states.some(({ state }) => state !== "installed")) {
    if (!istio.multiRoot) missing(deployment, "env ISTIO_MULTIROOT_MESH");
    if (!istio.agent) missing(configMap, "meshConfig.defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT");
  }
  for (const domain of acceptedTrustDomains.filter((name) => !istio.trustDomains.includes(name)))
    findings.add("istio-trust-domain-missing", {
      subject: configMap,
      problem: `meshConfig.caCertificates[].trustDomains lacks ${domain}, so its callers are refused`,
      remedy,
    });
  return findings.all;
}

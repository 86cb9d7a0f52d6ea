import type * as pulumi from "@pulumi/pulumi";
import type { TrustAnchor } from "../components/index.ts";
import {
  bundleOf,
  bundleOfIstio,
  istioNames,
  istioTrustOf,
  mappingIn,
  meshSettingsOf,
  ownMeshConfig,
  relatedMeshes,
  settingsOutput,
  settingsText,
  type ExistingIstio,
  type FederationPlan,
  type Finding,
  type MeshConfig,
  type MeshSettings,
  type TrustBundle,
} from "../federation/index.ts";
import { readExistingIstio } from "../kube/existingIstio.ts";
import type { OwnOutputs } from "./ownOutputs.ts";
import { warn } from "./warn.ts";

/** What is known of an existing Istio, and its roots. */
interface KnownIstio {
  /** Undefined for a managed Istio. */
  istio: ExistingIstio | undefined;
  /** Undefined where they are not known, or a file has them. */
  bundle: TrustBundle | undefined;
  /** The mesh's settings; undefined where they are not known, or no import depends on them. */
  settings: MeshSettings | undefined;
}

/**
 * Reads whom an existing Istio trusts: the mesh's own roots, unless a file has them, and its settings where a peer has
 * roots of its own, or an import depends on them. What cannot be read is a warning; of trust, what the last `up` has
 * published counts instead. The settings of a managed Istio are those that this program gives it.
 */
export async function readIstio(
  config: MeshConfig,
  kubeconfig: pulumi.Output<string> | undefined,
  own: OwnOutputs,
): Promise<KnownIstio> {
  const { istio, ca } = config;
  if (istio.provider !== "existing")
    return { istio: undefined, bundle: undefined, settings: meshSettingsOf(ownMeshConfig(config)) };
  const names = istioNames(istio);
  const needsAnchors = relatedMeshes(config).some((mesh) => (config.peers[mesh]?.roots.length ?? 0) > 0);
  const hasRoots = ca.provider === "external" && ca.rootFile === undefined;
  const before = own.contract && bundleOf(own.contract.mesh.roots);
  const unknown = { trust: undefined, hasRoots, names };
  const isNeeded = needsAnchors || hasRoots || config.imports.length > 0;
  if (!kubeconfig && needsAnchors) await warn(unreadCluster(config.mesh.name));
  if (!kubeconfig || !isNeeded) return { istio: unknown, bundle: hasRoots ? before : undefined, settings: undefined };
  const context = config.cluster.provider === "existing" ? config.cluster.context : undefined;
  const parts = {
    roots: needsAnchors || hasRoots,
    mesh: needsAnchors || config.imports.length > 0,
    env: needsAnchors,
  };
  const { objects, unread } = await readExistingIstio(await textOf(kubeconfig), context, istio, parts);
  for (const { object, reason } of unread)
    await warn(
      object === names.configMap && !needsAnchors ? unreadSettings(object, reason) : unreadable(object, reason),
    );
  const trust = await istioTrustOf(objects);
  const bundle = bundleOfIstio(trust);
  if (hasRoots && !bundle && objects.rootCert !== undefined)
    await warn(unreadable(`ConfigMap ${istio.namespace}/istio-ca-root-cert`, "it has no roots, or more than 16"));
  if (hasRoots && bundle && bundle.roots.length > 1) await warn(severalRoots(istio.namespace, bundle));
  return {
    istio: { trust: needsAnchors && unread.length === 0 ? trust : undefined, hasRoots, names },
    bundle: hasRoots ? (bundle ?? before) : undefined,
    settings: objects.mesh === undefined ? undefined : meshSettingsOf(mappingIn(objects.mesh)),
  };
}

/** The text of a kubeconfig, never to be printed. It is configuration, so it is known when the program runs. */
function textOf(kubeconfig: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => void kubeconfig.apply(resolve));
}

function unreadable(object: string, reason: string): Finding {
  return {
    code: "istio-unreadable",
    subject: object,
    problem: `cannot be read (${reason}), so that what the last \`up\` has published counts`,
    remedy: "Let the user of the kubeconfig get it; ca.rootFile can give the roots instead",
  };
}

function unreadSettings(object: string, reason: string): Finding {
  return {
    code: "mesh-config-unread",
    subject: object,
    problem: `cannot be read (${reason}), so that imports are not compared with the mesh's settings`,
    remedy: "Let the user of the kubeconfig get it, or set importRules: always, which needs no auto mTLS",
  };
}

/** A cluster that this stack makes has no Istio when it is made. */
function unreadCluster(mesh: string): Finding {
  return {
    code: "istio-unreadable",
    subject: `Istio of mesh "${mesh}"`,
    problem: "is not read in a cluster that this stack makes, so that its anchors of peers do not count",
    remedy: "Let the program manage Istio, or use an existing cluster",
  };
}

function severalRoots(namespace: string, { roots, active }: TrustBundle): Finding {
  return {
    code: "istio-active-root-unknown",
    subject: `ConfigMap ${namespace}/istio-ca-root-cert`,
    problem: `has ${roots.length} roots, and nothing says which of them signs; ${active}, the first, counts as active`,
    remedy: "Set ca.rootFile to a file with the active root first, if it is another",
  };
}

/**
 * The stack output with what the owner of an existing Istio must set; printed, too, as long as something is missing.
 * None for a managed Istio, which the program sets itself.
 */
export function istioSettings(
  config: MeshConfig,
  plan: FederationPlan,
  anchors: pulumi.Output<TrustAnchor[]>,
): Record<string, pulumi.Output<string>> {
  if (config.istio.provider !== "existing") return {};
  const { trusts } = plan.identity;
  const isInForce = plan.anchored.every(({ mesh, roots }) =>
    roots.every(({ sha256 }) => trusts[mesh]?.includes(sha256)),
  );
  const isComplete = isInForce && plan.settings.length === 0;
  const text = anchors.apply(async (made) => {
    const settings = settingsText(config.mesh.name, made, plan.acceptedTrustDomains);
    if (!isComplete)
      await warn({
        code: "istio-settings-needed",
        subject: `Istio of mesh "${config.mesh.name}"`,
        problem: `its owner must set what follows, as stack output ${settingsOutput} has it:\n${settings.trimEnd()}\n`,
        remedy: "Run `up` again afterwards",
      });
    return settings;
  });
  return { [settingsOutput]: text };
}

import * as pulumi from "@pulumi/pulumi";
import {
  ExportGuard,
  IstioInstall,
  Quarantine,
  SampleApplication,
  StrictMtls,
  TrustAnchors,
  type TrustAnchor,
} from "../components/index.ts";
import {
  baseValues,
  configOfCanary,
  controlPlanesOutput,
  gatewaySelector,
  istioCharts,
  istiodValues,
  meshContract,
  revisionOf,
  rootNamespaceOf,
  sleepClient,
  type FederationContract,
  type FederationPlan,
  type MeshConfig,
  type SampleClient,
} from "../federation/index.ts";
import { createCluster } from "./cluster.ts";
import { checkedControlPlanes } from "./controlPlanes.ts";
import { istioSettings } from "./existingIstio.ts";
import { createGateway, warnOfStaleAddresses, type GatewayAddresses } from "./gateway.ts";
import { checkLive } from "./liveCheck.ts";
import { createCa, type MeshCa } from "./meshCa.ts";
import { makesKeyOnly, pendingCertificate } from "./pendingCa.ts";
import { prepareMesh, type MeshInputs } from "./prepare.ts";
import { createExports, createImports } from "./services.ts";
import { verifyImports } from "./verification.ts";

/** The program of a mesh's stack: its cluster, Istio, gateway, exports and imports. */
export async function meshProgram() {
  return createMesh(await prepareMesh());
}

/** Outputs of a mesh's stack. Until it has a CA, it has no contract; its first `up` may make a key only. */
interface MeshOutputs {
  kubeconfig?: pulumi.Output<string>;
  federation?: pulumi.Output<FederationContract>;
  samples?: { client?: SampleClient };
  [ca: string]: unknown;
}

/** Registers the resources of a mesh's stack. Returns the stack's outputs. */
function createMesh(inputs: MeshInputs): MeshOutputs {
  const { config, sources, siblings, peers, plan, verified } = inputs;
  const ca = createCa(config, inputs.ca);
  const pending = inputs.ca.kind === "pending" ? inputs.ca : undefined;
  if (pending && makesKeyOnly(config, pending))
    return { ...pendingCertificate(pending, config, undefined), ...ca.outputs };
  const cluster = createCluster(config, sources, siblings, inputs.kubeconfig);
  // Without a certificate there is nothing that Istio could sign with.
  if (pending)
    return { ...pendingCertificate(pending, config, cluster), kubeconfig: cluster.kubeconfig, ...ca.outputs };
  const anchors = createAnchors(plan);
  const inCluster = { provider: cluster.provider };
  const istio = installIstio(inputs, { ca, anchors }, inCluster);
  const injected = { ...inCluster, dependsOn: istio ? [istio.ready] : [] };
  // A root namespace of its own exists already; the one of Istio is created first.
  const rootNamespace = istio?.namespace.apply(() => rootNamespaceOf(config));
  const mtls = istio && new StrictMtls("strict-mtls", { rootNamespace }, injected);
  const quarantine = denyQuarantined(plan, rootNamespace ?? rootNamespaceOf(config), injected);

  const gateway = createGateway(config, sources, {
    ...inCluster,
    dependsOn: [...injected.dependsOn, ...cluster.loadBalancerReady],
  });
  warnOfStaleAddresses(config, gateway.addresses, peers);
  const images = { ...sources.images, ...config.sampleImages };
  const samples = config.samples.map(
    (kind) => [kind, new SampleApplication(kind, { kind, image: images[kind] }, injected)] as const,
  );
  const applications = samples.map(([, application]) => application);

  const live = checkLive(config, plan, cluster, inputs.settings);
  // Objects in a namespace are created after the namespace, and after the check of what exists in the cluster.
  const inNamespace = (namespace: string) => {
    const namespaces = samples.filter(([kind]) => kind === namespace).map(([, application]) => application.namespace);
    return { ...inCluster, dependsOn: live.apply(() => [...injected.dependsOn, ...namespaces]) };
  };
  const selector = gatewaySelector(config);
  const exports = selector ? createExports(plan, selector, inNamespace) : [];
  const imports = createImports(plan.imports, inNamespace);
  verifyImports(config, verified, { imports, samples: applications, cluster, probeImage: images.sleep });
  if (config.exports.length + config.allowBreaking.length > 0)
    guardExports(
      inputs,
      [istio, mtls, ...quarantine, gateway.component, ...applications, ...exports, ...cluster.components].filter(
        (r) => r !== undefined,
      ),
    );
  return {
    federation: contractOf(plan, ca, gateway.addresses, live),
    ...ca.outputs,
    ...(anchors ? { trustAnchors: anchors, ...istioSettings(config, plan, anchors) } : {}),
    kubeconfig: cluster.kubeconfig,
    ...(istio ? { [controlPlanesOutput]: checkedControlPlanes(config, inputs.controlPlanes, cluster) } : {}),
    samples: config.samples.includes("sleep") ? { client: sleepClient } : {},
  };
}

/** Installs Istio when it is managed. */
function installIstio(
  { config, sources, plan }: MeshInputs,
  { ca, anchors }: { ca: MeshCa; anchors: pulumi.Output<TrustAnchor[]> | undefined },
  opts: pulumi.ComponentResourceOptions,
): IstioInstall | undefined {
  if (config.istio.provider === "existing") return undefined;
  const { charts, chartRepository } = istioCharts(config.istio, sources);
  const valuesOf = (of: MeshConfig) =>
    pulumi.output(anchors ?? []).apply((made) => istiodValues(of, sources, plan.identity.acceptedTrustDomains, made));
  const canary = configOfCanary(config);
  return new IstioInstall(
    "istio",
    {
      network: config.mesh.network,
      ...(ca.material === undefined ? {} : { ca: ca.material }),
      baseChart: charts.base,
      istiodChart: charts.istiod,
      chartRepository,
      chartVersion: config.istioVersion,
      revision: revisionOf(config.istio),
      baseValues: baseValues(revisionOf(config.istio)),
      istiodValues: valuesOf(config),
      ...(canary
        ? {
            canary: {
              revision: revisionOf(canary.istio),
              chartVersion: canary.istioVersion,
              istiodValues: valuesOf(canary),
            },
          }
        : {}),
    },
    opts,
  );
}

/** Registers the anchors of peers of other roots, if there are such peers. */
function createAnchors({ identity, anchored }: FederationPlan): pulumi.Output<TrustAnchor[]> | undefined {
  if (anchored.length === 0) return undefined;
  return new TrustAnchors("trust-anchors", { mesh: identity.name, peers: anchored }).anchors;
}

/** Denies the callers of peers in quarantine, as far as a policy can name them. */
function denyQuarantined(
  { identity, quarantine }: FederationPlan,
  rootNamespace: pulumi.Input<string>,
  opts: pulumi.ComponentResourceOptions,
): Quarantine[] {
  const { trustDomain, istioMinor } = identity;
  return quarantine
    .filter(({ trustDomains }) => trustDomains.length > 0)
    .map(
      (peer) => new Quarantine(`quarantine-${peer.mesh}`, { ...peer, trustDomain, istioMinor, rootNamespace }, opts),
    );
}

/** Makes `destroy` of the mesh fail while other meshes import from it. */
function guardExports({ config, peerSources }: MeshInputs, resources: pulumi.Resource[]): void {
  const importers = [...new Set(config.exports.flatMap((spec) => spec.to))].sort();
  const peers = Object.fromEntries(importers.map((name) => [name, peerSources.get(name)!]));
  new ExportGuard(
    "export-guard",
    { mesh: config.mesh.name, peers, command: "node infra/refuseWhileImported.ts" },
    { dependsOn: resources },
  );
}

/**
 * The contract. It is published after the check of the cluster: a mesh with a conflict has created nothing of
 * its plan.
 */
function contractOf(
  plan: FederationPlan,
  ca: MeshCa,
  gateways: GatewayAddresses,
  live: pulumi.Output<void>,
): pulumi.Output<FederationContract> {
  return pulumi
    .all([gateways, ca.roots, ca.certificate, live])
    .apply(([addresses, roots, certificate]) => meshContract(plan, { gateways: addresses, roots, certificate }));
}

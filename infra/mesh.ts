import * as pulumi from "@pulumi/pulumi";
import { ExportGuard, IstioInstall, SampleApplication, StrictMtls } from "../components/index.ts";
import { rootNamespaceOf } from "../federation/cluster/istioValueConflicts.ts";
import { baseValues, istiodValues } from "../federation/cluster/istioValues.ts";
import { sleepClient } from "../federation/cluster/sampleObjects.ts";
import { contractVersion, type FederationContract } from "../federation/contract/contract.ts";
import { publishedExport } from "../federation/exports/exportPlan.ts";
import { publishedImport } from "../federation/imports/resolveImports.ts";
import type { FederationPlan } from "../federation/planFederation.ts";
import { createCluster } from "./cluster.ts";
import { createGateway, gatewaySelector, warnOfStaleAddresses, type GatewayAddresses } from "./gateway.ts";
import { checkLive } from "./liveCheck.ts";
import { prepareMesh, type MeshInputs } from "./prepare.ts";
import { createExports, createImports } from "./services.ts";
import { verifyImports } from "./verification.ts";

/** The program of a mesh's stack: its cluster, Istio, gateway, exports and imports. */
export async function meshProgram() {
  return createMesh(await prepareMesh());
}

/** Registers the resources of a mesh's stack. Returns the stack's outputs. */
function createMesh(inputs: MeshInputs) {
  const { config, sources, siblings, peers, plan, verified } = inputs;
  const cluster = createCluster(config, sources, siblings, inputs.kubeconfig);
  const inCluster = { provider: cluster.provider };
  const istio = installIstio(inputs, inCluster);
  const injected = { ...inCluster, dependsOn: istio ? [istio.ready] : [] };
  // A root namespace of its own exists already; the one of Istio is created first.
  const rootNamespace = istio?.namespace.apply(() => rootNamespaceOf(config));
  const mtls = istio && new StrictMtls("strict-mtls", { rootNamespace }, injected);

  const gateway = createGateway(config, {
    ...inCluster,
    dependsOn: [...injected.dependsOn, ...cluster.loadBalancerReady],
  });
  warnOfStaleAddresses(config, gateway.addresses, peers);
  const images = { ...sources.images, ...config.sampleImages };
  const samples = config.samples.map(
    (kind) => [kind, new SampleApplication(kind, { kind, image: images[kind] }, injected)] as const,
  );
  const applications = samples.map(([, application]) => application);

  const live = checkLive(config, plan, cluster);
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
      [istio, mtls, gateway.component, ...applications, ...exports, ...cluster.components].filter(
        (r) => r !== undefined,
      ),
    );
  return {
    federation: contractOf(plan, gateway.addresses, live),
    kubeconfig: cluster.kubeconfig,
    samples: config.samples.includes("sleep") ? { client: sleepClient } : {},
  };
}

/** Installs Istio when it is managed. */
function installIstio(
  { config, sources, ca, plan }: MeshInputs,
  opts: pulumi.ComponentResourceOptions,
): IstioInstall | undefined {
  if (!ca) return undefined;
  const own = config.istio.provider === "managed" ? config.istio : undefined;
  const charts = own?.charts ?? sources.istio.charts;
  return new IstioInstall(
    "istio",
    {
      network: config.mesh.network,
      ca: ca.material,
      baseChart: charts.base,
      istiodChart: charts.istiod,
      chartRepository: own?.chartRepository ?? (own?.charts ? undefined : sources.istio.chartRepository),
      chartVersion: config.istioVersion,
      baseValues: baseValues(),
      istiodValues: istiodValues(config, sources, plan.identity.acceptedTrustDomains),
    },
    opts,
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
  gateways: GatewayAddresses,
  live: pulumi.Output<void>,
): pulumi.Output<FederationContract> {
  return pulumi.all([gateways, live]).apply(([addresses]) => ({
    version: contractVersion,
    mesh: plan.identity,
    gateways: addresses,
    exports: plan.exports.map(({ spec }) => publishedExport(spec)),
    imports: plan.imports.map(publishedImport),
    pendingTrust: [],
    pendingImports: plan.pending,
  }));
}

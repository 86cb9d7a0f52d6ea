import * as pulumi from "@pulumi/pulumi";
import { EastWestGateway } from "../components/eastWestGateway.ts";
import { ExportedService } from "../components/exportedService.ts";
import { ExportGuard } from "../components/exportGuard.ts";
import { ImportedService } from "../components/importedService.ts";
import { IstioInstall } from "../components/istioInstall.ts";
import { staleAddresses } from "../federation/checks/brokenImports.ts";
import { contractVersion, type FederationContract } from "../federation/contract/contract.ts";
import { publishedExport } from "../federation/exports/exportPlan.ts";
import { autoPassthroughPort, type GatewayIdentity } from "../federation/cluster/gatewayObjects.ts";
import { importName } from "../federation/imports/importObjects.ts";
import { baseValues, istiodValues } from "../federation/cluster/istioValues.ts";
import { planFederation, type FederationPlan } from "../federation/planFederation.ts";
import { Problem } from "../federation/errors/problem.ts";
import type { MeshConfig } from "../federation/config/readMeshConfig.ts";
import { publishedImport, type Peer } from "../federation/imports/resolveImports.ts";
import { sleepClient } from "../federation/cluster/sampleObjects.ts";
import { socketAddress } from "../federation/objects/socketAddress.ts";
import type { Sources } from "../federation/config/sources.ts";
import { SampleApplication } from "../components/sampleApplication.ts";
import { StrictMtls } from "../components/strictMtls.ts";
import { readCa, type MeshCa } from "./ca.ts";
import { makeCluster } from "./cluster.ts";
import { neighbourFiles, readConfig, readKubeconfig } from "./config.ts";
import { checkLive } from "./liveCheck.ts";
import { checkExistingNetwork } from "./nodeNetwork.ts";
import { peerSources, readPeers } from "./peers.ts";
import { importsToProve, proveImports } from "./proof.ts";
import { readSources } from "../workspace/sources.ts";

/** One mesh: its cluster, its Istio, its gateway, what it exports and what it imports. */
export async function meshProgram() {
  const sources = readSources();
  const neighbours = neighbourFiles();
  const config = readConfig(sources, neighbours);
  // Everything that can be wrong is found before the first resource is registered.
  const published = peerSources(config, neighbours);
  const kubeconfig = config.cluster.provider === "existing" ? await readKubeconfig(config.cluster) : undefined;
  const [ca, peers] = await Promise.all([
    config.istio.provider === "managed" ? readCa(config) : undefined,
    readPeers(published, neighbours),
    checkExistingNetwork(config, neighbours),
  ]);
  const plan = planFederation(config, ca?.roots ?? [], neighbours, peers);
  const proven = importsToProve(config, plan.imports);
  await tell(config, plan);

  const cluster = makeCluster(config, sources, neighbours, kubeconfig);
  const inCluster = { provider: cluster.provider };
  const istio = ca && installIstio(config, sources, ca, plan, inCluster);
  const injected = { ...inCluster, dependsOn: istio ? [istio.ready] : [] };
  const made: pulumi.Resource[] = istio
    ? [istio, new StrictMtls("strict-mtls", { rootNamespace: istio.namespace }, injected)]
    : [];

  const gateways = makeGateway(
    config,
    { ...inCluster, dependsOn: [...injected.dependsOn, ...cluster.addresses] },
    made,
  );
  announceStaleAddresses(config, gateways, peers);
  const images = { ...sources.images, ...config.sampleImages };
  const samples = config.samples.map((kind) => ({
    kind,
    application: new SampleApplication(kind, { kind, image: images[kind] }, injected),
  }));
  made.push(...samples.map((s) => s.application));

  const live = checkLive(config, plan, cluster);
  /** Options for objects in a namespace: they come after it, and after a last look at what lives in the cluster. */
  const inNamespace = (namespace: string) => {
    const homes = samples.filter((s) => s.kind === namespace).map((s) => s.application.namespace);
    return { ...inCluster, dependsOn: live.apply(() => [...injected.dependsOn, ...homes]) };
  };
  for (const { spec, policy } of plan.exports)
    made.push(
      new ExportedService(
        `export-${spec.name}`,
        { spec, policy, gateway: gatewayIdentity(config)! },
        inNamespace(spec.namespace),
      ),
    );
  const imported = new Map(
    plan.imports.map((spec) => [spec.id, new ImportedService(importName(spec), { spec }, inNamespace(spec.namespace))]),
  );
  proveImports(
    config,
    proven,
    imported,
    samples.map((s) => s.application),
    cluster,
    images.sleep,
  );
  if (config.exports.length + config.allowBreaking.length > 0)
    guardExports(config, published, [...made, ...cluster.parts]);
  return {
    federation: contractOf(plan, gateways, live),
    kubeconfig: cluster.kubeconfig,
    samples: config.samples.includes("sleep") ? { client: sleepClient } : {},
  };
}

/** Says what is pending and what somebody should know; a pending import fails where it is asked to. */
async function tell(config: MeshConfig, plan: FederationPlan): Promise<void> {
  for (const { name, from, reason } of plan.pending) {
    const message = `import "${name}" from mesh "${from}" is pending: ${reason}`;
    if (config.requireImports) throw new Problem(`${message} (requireImports is set, so nothing is changed)`);
    await pulumi.log.warn(`${message}, then \`pulumi up --stack ${pulumi.getStack()}\` again`);
  }
  for (const warning of plan.warnings) await pulumi.log.warn(warning);
}

function installIstio(
  config: MeshConfig,
  sources: Sources,
  ca: MeshCa,
  plan: FederationPlan,
  opts: pulumi.ComponentResourceOptions,
) {
  const own = config.istio.provider === "managed" ? config.istio : undefined;
  return new IstioInstall(
    "istio",
    {
      network: config.mesh.network,
      ca: ca.material,
      charts: {
        charts: own?.charts ?? sources.istio.charts,
        chartRepository: own?.chartRepository ?? (own?.charts ? undefined : sources.istio.chartRepository),
      },
      version: config.istioVersion,
      baseValues: baseValues(),
      istiodValues: istiodValues(config, sources, plan.identity.acceptedTrustDomains),
    },
    opts,
  );
}

function gatewayIdentity({ gateway, mesh }: MeshConfig): GatewayIdentity | undefined {
  if (gateway.provider === "none") return undefined;
  return gateway.provider === "managed"
    ? { name: gateway.name, namespace: gateway.namespace, network: mesh.network, labels: { istio: "eastwestgateway" } }
    : { name: "existing", namespace: gateway.namespace, network: mesh.network, labels: gateway.labels };
}

/** Where peers reach this mesh. Adds to `made` what it creates. */
function makeGateway(
  config: MeshConfig,
  opts: pulumi.ComponentResourceOptions,
  made: pulumi.Resource[],
): pulumi.Output<FederationContract["gateways"]> {
  const { gateway } = config;
  if (gateway.provider === "none") return pulumi.output([]);
  if (gateway.provider === "existing")
    return pulumi.output(gateway.addresses.map((address) => ({ address, port: gateway.port })));
  const component = new EastWestGateway("east-west-gateway", { gateway: gatewayIdentity(config)! }, opts);
  made.push(component);
  // Peers are told of the gateway only when it has an address of its own, whatever name leads to it.
  return component.addresses.apply((own) =>
    (own.length === 0 ? [] : (gateway.addresses ?? own)).map((address) => ({ address, port: autoPassthroughPort })),
  );
}

/** Warns of the imports that use another address than the gateway's, and must be brought up to date. */
function announceStaleAddresses(
  config: MeshConfig,
  gateways: pulumi.Output<FederationContract["gateways"]>,
  peers: ReadonlyMap<string, Peer>,
): void {
  const contracts = [...peers.values()].flatMap((peer) => (peer.state === "up" ? [peer.contract] : []));
  const tellOf = (stale: string[], now: string): void => {
    if (stale.length > 0)
      void pulumi.log.warn(
        `the gateway of mesh "${config.mesh.name}" ${now}; bring up these meshes afterwards: ${stale.join("; ")}`,
      );
  };
  gateways.apply((now) =>
    tellOf(
      staleAddresses(config.mesh.name, now, contracts),
      `is reached at ${now.map(socketAddress).join(", ") || "no address"}`,
    ),
  );
  // In a preview, an address that is not known is one that is about to be given anew.
  void (gateways as unknown as { isKnown: Promise<boolean> }).isKnown.then(
    (known) => known || tellOf(staleAddresses(config.mesh.name, [], contracts), "may get another address"),
  );
}

/** Keeps the mesh from being destroyed while others import from it. */
function guardExports(
  config: MeshConfig,
  published: ReturnType<typeof peerSources>,
  everything: pulumi.Resource[],
): void {
  const importers = [...new Set(config.exports.flatMap((e) => e.to))].sort();
  const peers = Object.fromEntries(importers.map((name) => [name, published.get(name)!]));
  new ExportGuard("export-guard", { mesh: config.mesh.name, peers }, { dependsOn: everything });
}

/** What is published, once the last look at the cluster is over: a mesh that clashes with it has made nothing of its plan. */
function contractOf(
  plan: FederationPlan,
  gateways: pulumi.Output<FederationContract["gateways"]>,
  live: pulumi.Output<void>,
): pulumi.Output<FederationContract> {
  return pulumi.all([gateways, live]).apply(([addresses]) => ({
    version: contractVersion,
    mesh: plan.identity,
    gateways: addresses,
    exports: plan.exports.map(({ spec }) => publishedExport(spec)),
    imports: plan.imports.map(publishedImport),
    pendingImports: plan.pending,
  }));
}

import * as pulumi from "@pulumi/pulumi";
import { EastWestGateway } from "../components/eastWestGateway.ts";
import { ExportedService } from "../components/exportedService.ts";
import { ImportedService } from "../components/importedService.ts";
import { IstioInstall } from "../components/istioInstall.ts";
import { contractVersion, type FederationContract } from "../components/plan/contract.ts";
import { autoPassthroughPort, type GatewayIdentity } from "../components/plan/gatewayObjects.ts";
import { meshesOf } from "../components/plan/importConfig.ts";
import { importName } from "../components/plan/importObjects.ts";
import { baseValues, istiodValues } from "../components/plan/istioValues.ts";
import type { MeshIdentity } from "../components/plan/peerMismatches.ts";
import { Problem } from "../components/plan/problem.ts";
import type { MeshConfig } from "../components/plan/readMeshConfig.ts";
import { resolveImports, type Peer, type ResolvedImports } from "../components/plan/resolveImports.ts";
import { sleepClient } from "../components/plan/sampleObjects.ts";
import type { Sources } from "../components/plan/sources.ts";
import { SampleApplication } from "../components/sampleApplication.ts";
import { StrictMtls } from "../components/strictMtls.ts";
import { makeCluster } from "./cluster.ts";
import { readCaMaterial, readConfig } from "./config.ts";
import { readPeer, stackName } from "./peers.ts";
import { readSources } from "./sources.ts";
import { readIntermediate } from "./trust.ts";

/** One mesh: its cluster, its Istio, its gateway, what it exports and what it imports. */
export async function meshProgram() {
  const sources = readSources();
  const config = readConfig(sources);
  // Everything that can be wrong is found before the first resource is registered.
  const ca = config.istio.provider === "managed" ? await readCa(config) : undefined;
  const resolved = await readImports(config);

  const cluster = makeCluster(config, sources);
  const inCluster = { provider: cluster.provider };
  const istio = ca && installIstio(config, sources, ca, inCluster);
  const injected = { ...inCluster, dependsOn: istio ? [istio.ready] : [] };
  if (istio) new StrictMtls("strict-mtls", { rootNamespace: istio.namespace }, injected);

  const gateways = makeGateway(config, { ...inCluster, dependsOn: [...injected.dependsOn, ...cluster.addresses] });
  for (const spec of config.exports) new ExportedService(`export-${spec.name}`, { spec, gateway: gatewayIdentity(config)! }, injected);

  const samples = config.samples.map((kind) => {
    const image = config.sampleImages[kind] ?? sources.images[kind];
    return { kind, application: new SampleApplication(kind, { kind, image }, injected) };
  });
  for (const spec of resolved.imports) {
    const homes = samples.filter((s) => s.kind === spec.namespace).map((s) => s.application.namespace);
    new ImportedService(importName(spec), { spec }, { ...inCluster, dependsOn: [...injected.dependsOn, ...homes] });
  }
  return {
    federation: contractOf(config, resolved, gateways),
    kubeconfig: cluster.kubeconfig,
    samples: config.samples.includes("sleep") ? { client: sleepClient } : {},
  };
}

function readCa(config: MeshConfig) {
  return config.ca.provider === "existing" ? readCaMaterial() : readIntermediate(config.ca.stack, config.mesh.name);
}

/** Reads the peers' contracts and matches the imports with them; a pending import warns, or fails where asked to. */
async function readImports(config: MeshConfig): Promise<ResolvedImports> {
  const names = [...new Set(config.imports.flatMap(meshesOf))];
  const peers = await Promise.all(names.map(async (name): Promise<[string, Peer]> => [name, await readPeer(name, config.peers[name]?.stack ?? stackName(name))]));
  const resolved = resolveImports(config.imports, new Map(peers), identityOf(config));
  for (const { name, from, reason } of resolved.pending) {
    const message = `import "${name}" from mesh "${from}" is pending: ${reason}`;
    if (config.requireImports) throw new Problem(`${message} (requireImports is set, so nothing is changed)`);
    await pulumi.log.warn(`${message}, then \`pulumi up --stack ${pulumi.getStack()}\` again`);
  }
  return resolved;
}

function installIstio(config: MeshConfig, sources: Sources, ca: Awaited<ReturnType<typeof readCa>>, opts: pulumi.ComponentResourceOptions) {
  const own = config.istio.provider === "managed" ? config.istio : undefined;
  return new IstioInstall(
    "istio",
    {
      network: config.mesh.network,
      ca,
      charts: {
        charts: own?.charts ?? sources.istio.charts,
        chartRepository: own?.chartRepository ?? (own?.charts ? undefined : sources.istio.chartRepository),
      },
      version: config.istioVersion,
      baseValues: baseValues(),
      istiodValues: istiodValues(config, sources),
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

/** Where peers reach this mesh. */
function makeGateway(config: MeshConfig, opts: pulumi.ComponentResourceOptions): pulumi.Output<FederationContract["gateways"]> {
  const { gateway } = config;
  if (gateway.provider === "none") return pulumi.output([]);
  if (gateway.provider === "existing") return pulumi.output(gateway.addresses.map((address) => ({ address, port: gateway.port })));
  const made = new EastWestGateway("east-west-gateway", { gateway: gatewayIdentity(config)! }, opts);
  return made.addresses.apply((addresses) => addresses.map((address) => ({ address, port: autoPassthroughPort })));
}

function contractOf(config: MeshConfig, resolved: ResolvedImports, gateways: pulumi.Output<FederationContract["gateways"]>): pulumi.Output<FederationContract> {
  return gateways.apply((addresses) => ({
    version: contractVersion,
    mesh: identityOf(config),
    gateways: addresses,
    exports: config.exports,
    imports: resolved.imports.map(({ id: _id, blend: _blend, ...published }) => published),
    pendingImports: resolved.pending,
  }));
}

/** What the mesh tells its peers about itself. */
function identityOf({ mesh, istioVersion, istioMinor }: MeshConfig): MeshIdentity {
  const { slot: _slot, locality, ...names } = mesh;
  return { ...names, istioVersion, istioMinor, locality: `${locality.region}/${locality.zone}`, roots: [] };
}

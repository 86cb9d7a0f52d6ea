import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Lab } from "../../../offline/lab/index.ts";
import type { ArtifactSources } from "../../../federation/config/sources.ts";
import { ensureToolchain } from "../../../tools/index.ts";
import { consoleProgress } from "../../../tools/progress.ts";
import { makeCa, type CaFiles } from "./plainCa.ts";
import { application, gateway, gatewayPort, injectionLabels, plainNames } from "./plainObjects.ts";
import { run, runAsync, type World } from "./world.ts";

/** How a mesh differs from the others. */
export interface PlainOptions {
  /** DNS domain of the cluster and of Istio. */
  clusterDomain: string;
  /** Revision of the control plane; undefined: the default one. */
  revision?: string;
  /** Hosts of a Gateway object as in Istio's multi-network guide, on the east-west gateway; undefined: none. */
  crossNetworkHosts?: string[];
}

/** A mesh that is installed with kind, Helm and kubectl only. */
export interface PlainMesh extends PlainOptions {
  name: string;
  /** Path of its kubeconfig. */
  kubeconfig: string;
  nodeAddress: string;
  /** Port of its east-west gateway on the node. */
  gatewayPort: number;
  istioVersion: string;
  istioMinor: string;
  ca: CaFiles;
}

/**
 * Creates a cluster and installs Istio, one sample application and an east-west gateway in it, with kind, Helm and
 * kubectl. Only the images are this project's.
 */
export async function installPlainMesh(
  world: World,
  name: string,
  sample: "sleep" | "httpbin",
  folder: string,
  options: PlainOptions,
): Promise<PlainMesh> {
  const sources = JSON.parse(
    readFileSync(join(world.clone.folder, ".federation", "sources.json"), "utf8"),
  ) as Required<ArtifactSources>;
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  // Read once: while two clusters start, the engine may answer too late to be found.
  const lab = await world.lab();
  await createCluster(lab, { name, kubeconfig, ...options }, sources.nodeImage);
  const ca = makeCa(folder, name);
  await world.apply(
    name,
    namespace("istio-system", { "topology.istio.io/network": plainNames.network }),
    namespace("sleep", injectionLabels(options)),
    namespace("httpbin", injectionLabels(options)),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "cacerts", namespace: "istio-system" },
      stringData: ca,
    },
  );
  await installIstio(world, lab, { name, kubeconfig, folder, ...options }, sources);
  await world.apply(name, ...gateway(options), ...application(sample, sources.images[sample]));
  for (const [where, deployment] of [
    ["istio-system", "eastwestgateway"],
    [sample, sample],
  ] as const)
    await world.kubectl(name, ["rollout", "status", "-n", where, `deployment/${deployment}`, "--timeout=180s"]);
  const address = ["inspect", "-f", "{{.NetworkSettings.Networks.kind.IPAddress}}", `${name}-control-plane`];
  const nodeAddress = run("docker", address, lab.env).trim();
  const { version, istioMinor = version } = sources.istio as Record<string, any>;
  return { ...options, name, kubeconfig, nodeAddress, gatewayPort, istioVersion: version, istioMinor, ca };
}

async function createCluster(
  lab: Lab,
  { name, kubeconfig, clusterDomain }: Pick<PlainMesh, "name" | "kubeconfig" | "clusterDomain">,
  image: string,
): Promise<void> {
  const tools = await ensureToolchain("registry", consoleProgress(process.stderr));
  const config = {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { podSubnet: "10.50.0.0/16", serviceSubnet: "10.255.50.0/24" },
    kubeadmConfigPatches: [stringify({ kind: "ClusterConfiguration", networking: { dnsDomain: clusterDomain } })],
  };
  const options = ["--name", name, "--image", image, "--wait", "60s", "--config", "-"];
  const kind = join(tools.bin, "kind");
  await inLab(lab, kubeconfig, kind, ["create", "cluster", ...options], stringify(config));
}

type InstalledMesh = Pick<PlainMesh, "name" | "kubeconfig" | "clusterDomain" | "revision"> & { folder: string };

async function installIstio(
  world: World,
  lab: Lab,
  { name, kubeconfig, folder, clusterDomain, revision }: InstalledMesh,
  sources: Required<ArtifactSources>,
): Promise<void> {
  const { hub, tag, charts, istiodValues } = sources.istio as Record<string, any>;
  const values = {
    ...istiodValues,
    base: { validationFailurePolicy: "Fail" },
    autoscaleEnabled: false,
    resources: { requests: { cpu: "10m", memory: "64Mi" } },
    meshConfig: { accessLogFile: "/dev/stdout", defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } } },
    global: {
      hub,
      tag,
      imagePullPolicy: "IfNotPresent",
      meshID: plainNames.meshId,
      network: plainNames.network,
      multiCluster: { clusterName: plainNames.cluster },
      proxy: { resources: { requests: { cpu: "10m", memory: "40Mi" } }, clusterDomain },
    },
    ...(revision === undefined ? {} : { revision }),
  };
  const valuesFile = join(folder, `${name}-values.yaml`);
  writeFileSync(valuesFile, stringify(values));
  const tools = await ensureToolchain("registry", consoleProgress(process.stderr));
  const install = (release: string, chart: string, ...options: string[]) =>
    inLab(lab, kubeconfig, tools.helm!, [
      ...["install", release, join(world.clone.folder, chart), "-n", "istio-system"],
      ...options,
    ]);
  const defaults = `base.validationFailurePolicy=Fail,defaultRevision=${revision ?? "default"}`;
  await install("istio-base", charts.base, "--set", defaults);
  await install("istiod", charts.istiod, "-f", valuesFile, "--wait", "--timeout", "180s");
}

function namespace(name: string, labels: Record<string, string>): unknown {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** Uninstalls the mesh. The CRDs remain, because Istio's charts tell Helm to keep them. */
export async function uninstallPlainMesh(world: World, { name, kubeconfig }: PlainMesh): Promise<void> {
  const lab = await world.lab();
  const tools = await ensureToolchain("registry", consoleProgress(process.stderr));
  for (const release of ["istiod", "istio-base"])
    await inLab(lab, kubeconfig, tools.helm!, ["uninstall", release, "-n", "istio-system", "--wait"]);
  await world.kubectl(name, ["delete", "namespace", "sleep", "httpbin", "istio-system"]);
}

/** Runs a program in the lab's network with a kubeconfig. */
export function inLab(
  { enter, env }: Lab,
  kubeconfig: string,
  program: string,
  args: string[],
  input?: string,
): Promise<string> {
  const [command, ...rest] = [...enter, program, ...args];
  return runAsync(command!, rest, { ...env, KUBECONFIG: kubeconfig }, input);
}

/** Deletes the cluster; no error when it does not exist. */
export async function removePlainMesh(world: World, name: string): Promise<void> {
  const { env } = await world.lab();
  run("docker", ["rm", "-f", "-v", `${name}-control-plane`], env);
}

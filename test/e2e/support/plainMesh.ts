import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Lab } from "../../../offline/lab/index.ts";
import { sampleObjects } from "../../../federation/cluster/sampleObjects.ts";
import type { Sources } from "../../../federation/config/sources.ts";
import { ensureToolchain } from "../../../tools/index.ts";
import { consoleProgress } from "../../../tools/progress.ts";
import { run, runAsync, type World } from "./world.ts";

/** A mesh that was installed with kind, Helm and kubectl alone. */
export interface PlainMesh {
  name: string;
  /** Path of its kubeconfig. */
  kubeconfig: string;
  nodeAddress: string;
  /** Port of its east-west gateway on the node. */
  gatewayPort: number;
  istioVersion: string;
  istioMinor: string;
  /** Its CA as Istio's secret `cacerts` holds it. */
  ca: Record<"ca-cert.pem" | "ca-key.pem" | "root-cert.pem" | "cert-chain.pem", string>;
}

const gatewayPort = 31443;

/** Makes a cluster and installs Istio, one sample application and an east-west gateway in it, with nothing of this project but its images. */
export async function installPlainMesh(
  world: World,
  name: string,
  sample: "sleep" | "httpbin",
  folder: string,
): Promise<PlainMesh> {
  const { enter, env } = await world.lab();
  const tools = await ensureToolchain("registry", consoleProgress(process.stderr));
  const sources = JSON.parse(
    readFileSync(join(world.clone.folder, ".federation", "sources.json"), "utf8"),
  ) as Required<Sources>;
  const kubeconfig = join(folder, `${name}.kubeconfig`);
  const lab = (program: string, args: string[], input?: string) =>
    inLab({ enter, env }, kubeconfig, program, args, input);
  const config = {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    networking: { podSubnet: "10.50.0.0/16", serviceSubnet: "10.255.50.0/24" },
  };
  await lab(
    join(tools.bin, "kind"),
    ["create", "cluster", "--name", name, "--image", sources.nodeImage, "--wait", "60s", "--config", "-"],
    stringify(config),
  );
  const { hub, tag, version, istioMinor = version, charts, istiodValues } = sources.istio as Record<string, any>;
  const chart = (path: string): string => join(world.clone.folder, path);
  const namespace = (label: string, labels: Record<string, string> = {}) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: label, labels },
  });
  await world.apply(
    name,
    namespace("istio-system", { "topology.istio.io/network": `network-${name}` }),
    namespace("sleep", { "istio-injection": "enabled" }),
    namespace("httpbin", { "istio-injection": "enabled" }),
  );
  const ca = makeCa(folder, name);
  await world.apply(name, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "cacerts", namespace: "istio-system" },
    stringData: ca,
  });
  const base = { validationFailurePolicy: "Fail" };
  const values = {
    ...istiodValues,
    base,
    autoscaleEnabled: false,
    resources: { requests: { cpu: "10m", memory: "64Mi" } },
    meshConfig: { accessLogFile: "/dev/stdout", defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } } },
    global: {
      hub,
      tag,
      imagePullPolicy: "IfNotPresent",
      meshID: `${name}-mesh`,
      network: `network-${name}`,
      multiCluster: { clusterName: name },
      proxy: { resources: { requests: { cpu: "10m", memory: "40Mi" } } },
    },
  };
  const valuesFile = join(folder, `${name}-values.yaml`);
  writeFileSync(valuesFile, stringify(values));
  await lab(tools.helm!, [
    "install",
    "istio-base",
    chart(charts.base),
    "-n",
    "istio-system",
    "--set",
    "base.validationFailurePolicy=Fail",
  ]);
  await lab(tools.helm!, [
    "install",
    "istiod",
    chart(charts.istiod),
    "-n",
    "istio-system",
    "-f",
    valuesFile,
    "--wait",
    "--timeout",
    "180s",
  ]);
  await world.apply(name, ...gateway(name), ...application(sample, sources.images[sample]));
  for (const [where, deployment] of [
    ["istio-system", "eastwestgateway"],
    [sample, sample],
  ] as const)
    await world.kubectl(name, ["rollout", "status", "-n", where, `deployment/${deployment}`, "--timeout=180s"]);
  const nodeAddress = run(
    "docker",
    ["inspect", "-f", "{{.NetworkSettings.Networks.kind.IPAddress}}", `${name}-control-plane`],
    env,
  ).trim();
  return { name, kubeconfig, nodeAddress, gatewayPort, istioVersion: version, istioMinor, ca };
}

/** Takes the mesh out of its cluster as its owner would. The CRDs stay: Istio's charts tell Helm to keep them. */
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

/** Takes the cluster away again; no error when there is none. */
export async function removePlainMesh(world: World, name: string): Promise<void> {
  const { env } = await world.lab();
  run("docker", ["rm", "-f", "-v", `${name}-control-plane`], env);
}

/** An intermediate of a root that both plain meshes share, made with openssl. */
export function makeCa(folder: string, name: string): PlainMesh["ca"] {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const ca = "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
  if (!existsSync(join(folder, "root.crt"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "ca.ext"), ca);
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "root.key",
      "-out",
      "root.crt",
      "-days",
      "2",
      "-subj",
      "/CN=Plain Root",
      "-addext",
      "keyUsage=critical,keyCertSign,cRLSign",
    );
  }
  openssl(
    "req",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    `${name}.key`,
    "-out",
    `${name}.csr`,
    "-subj",
    `/CN=Plain ${name}`,
  );
  openssl(
    "x509",
    "-req",
    "-in",
    `${name}.csr`,
    "-CA",
    "root.crt",
    "-CAkey",
    "root.key",
    "-CAcreateserial",
    "-out",
    `${name}.crt`,
    "-days",
    "2",
    "-extfile",
    "ca.ext",
  );
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  return {
    "ca-cert.pem": read(`${name}.crt`),
    "ca-key.pem": read(`${name}.key`),
    "root-cert.pem": read("root.crt"),
    "cert-chain.pem": read(`${name}.crt`) + read("root.crt"),
  };
}

export function application(kind: "sleep" | "httpbin", image: string): unknown[] {
  const { account, service, deployment } = sampleObjects(kind, image);
  return [
    { apiVersion: "v1", kind: "ServiceAccount", ...account },
    { apiVersion: "v1", kind: "Service", ...service },
    { apiVersion: "apps/v1", kind: "Deployment", ...deployment },
  ];
}

/** An injected gateway on a port of the node. */
function gateway(name: string): unknown[] {
  const labels = { istio: "eastwestgateway", app: "eastwestgateway", "topology.istio.io/network": `network-${name}` };
  const metadata = { name: "eastwestgateway", namespace: "istio-system", labels };
  const container = {
    name: "istio-proxy",
    image: "auto",
    imagePullPolicy: "IfNotPresent",
    env: [{ name: "ISTIO_META_REQUESTED_NETWORK_VIEW", value: `network-${name}` }],
  };
  const template = {
    metadata: {
      labels: { ...labels, "sidecar.istio.io/inject": "true" },
      annotations: { "inject.istio.io/templates": "gateway" },
    },
    spec: { serviceAccountName: "eastwestgateway", containers: [container] },
  };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        type: "NodePort",
        selector: { istio: "eastwestgateway" },
        ports: [{ name: "tls", port: 15443, targetPort: 15443, nodePort: gatewayPort }],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { selector: { matchLabels: { istio: "eastwestgateway" } }, template },
    },
  ];
}

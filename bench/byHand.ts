import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { mergeValues, type ArtifactSources } from "../federation/config/sources.ts";
import { makeCa } from "../test/e2e/support/plainCa.ts";
import { inLab } from "../test/e2e/support/plainMesh.ts";
import { application } from "../test/e2e/support/plainObjects.ts";
import { eventually, run, type World } from "../test/e2e/support/world.ts";
import type { Toolchain } from "../tools/index.ts";

/** A step of the page and how long it took, in seconds. */
export interface Step {
  name: string;
  seconds: number;
}

const meshes = ["east", "west"] as const;
type Mesh = (typeof meshes)[number];

/**
 * Federates two meshes as the page "Managing services in mesh federation" does by hand: one command after the other,
 * east before west, with kind, MetalLB's manifests, openssl, Helm, kubectl, sed and curl. Everything is built, the
 * engine runs and the node image holds the images, as for `npm run up`; what a person waits for before typing on is
 * waited for. Ends with a 200 from west.
 */
export class ByHand {
  readonly steps: Step[] = [];
  private readonly world: World;
  private readonly tools: Toolchain;
  private readonly folder: string;
  private readonly sources: Required<ArtifactSources>;

  /** @param folder scratch folder for kubeconfigs, keys and values */
  constructor(world: World, tools: Toolchain, folder: string) {
    this.world = world;
    this.tools = tools;
    this.folder = folder;
    this.sources = JSON.parse(
      readFileSync(join(world.clone.folder, ".federation", "sources.json"), "utf8"),
    ) as Required<ArtifactSources>;
  }

  async run(): Promise<void> {
    await this.step("clusters", () => this.forEach((mesh) => this.createCluster(mesh)));
    await this.step("MetalLB", () => this.forEach((mesh, i) => this.installMetallb(mesh, `${(i + 1) * 64}.0/18`)));
    await this.step("CA certificates", () => this.forEach((mesh) => this.createCacerts(mesh)));
    await this.step("Istio", () => this.forEach((mesh) => this.installIstio(mesh)));
    await this.step("gateway and its address", () => this.installGateway());
    await this.step("samples and mTLS", () => this.installSamples());
    await this.step("import", () => this.importHttpbin());
    await this.step("curl until 200", () => this.curl());
  }

  private async step(name: string, work: () => Promise<unknown>): Promise<void> {
    const started = Date.now();
    await work();
    const seconds = (Date.now() - started) / 1000;
    this.steps.push({ name, seconds });
    process.stdout.write(`by hand: ${name}: ${seconds.toFixed(1)} s\n`);
  }

  private async forEach(work: (mesh: Mesh, index: number) => Promise<void>): Promise<void> {
    for (const [i, mesh] of meshes.entries()) await work(mesh, i);
  }

  private async createCluster(mesh: Mesh): Promise<void> {
    const kind = join(this.tools.bin, "kind");
    await this.inLab(
      mesh,
      kind,
      ["create", "cluster", "--name", mesh, "--image", this.sources.nodeImage, "--config", "-"],
      page(`kind-${mesh}.yaml`),
    );
    writeFileSync(this.kubeconfig(mesh), await this.inLab(mesh, kind, ["get", "kubeconfig", "--name", mesh]));
  }

  /** @param rest the pool's last two octets and prefix length; the first two are those of the nodes' network */
  private async installMetallb(mesh: Mesh, rest: string): Promise<void> {
    const { env } = await this.world.lab();
    const values = join(this.folder, "metallb.yaml");
    writeFileSync(values, stringify(this.sources.metallb.values));
    const manifests = await this.inLab(mesh, this.tools.helm!, [
      "template",
      "metallb",
      this.chart(this.sources.metallb.chart),
      "--namespace",
      "metallb-system",
      "--include-crds",
      "--values",
      values,
    ]);
    await this.apply(
      mesh,
      stringify(namespace("metallb-system", { "pod-security.kubernetes.io/enforce": "privileged" })),
    );
    await this.apply(mesh, manifests, "metallb-system");
    await this.rollout(mesh, "metallb-system", "metallb-controller");
    const subnet = run("docker", ["network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", "kind"], env);
    const cidr = `${subnet.split(".").slice(0, 2).join(".")}.${rest}`;
    // The webhook that checks a pool answers some time after its pod is ready.
    await eventually("a pool", 60, () =>
      this.apply(mesh, sed("ip-address-pool.tmpl.yaml", "cidr", cidr)).then(() => true),
    );
  }

  private async createCacerts(mesh: Mesh): Promise<void> {
    const stringData = makeCa(this.folder, mesh);
    await this.apply(mesh, stringify(namespace("istio-system", { "topology.istio.io/network": `network-${mesh}` })));
    await this.apply(
      mesh,
      stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "cacerts", namespace: "istio-system" },
        stringData,
      }),
    );
  }

  private async installIstio(mesh: Mesh): Promise<void> {
    const { hub, tag, imagePullPolicy, charts, istiodValues } = this.sources.istio;
    const values = mergeValues(istiodValues, {
      meshConfig: {
        accessLogFile: "/dev/stdout",
        defaultConfig: { proxyMetadata: { ISTIO_META_DNS_CAPTURE: "true" } },
      },
      global: {
        hub,
        tag,
        imagePullPolicy,
        meshID: `${mesh}-mesh`,
        network: `network-${mesh}`,
        multiCluster: { clusterName: mesh },
      },
    });
    const file = join(this.folder, `${mesh}-istio.yaml`);
    writeFileSync(file, stringify(values));
    await this.inLab(mesh, this.tools.helm!, [
      "install",
      "istio-base",
      this.chart(charts.base),
      "--namespace",
      "istio-system",
    ]);
    await this.inLab(mesh, this.tools.helm!, [
      "install",
      "istiod",
      this.chart(charts.istiod),
      "--namespace",
      "istio-system",
      "--values",
      file,
      "--wait",
      "--timeout",
      "180s",
    ]);
  }

  private async installGateway(): Promise<void> {
    await this.apply("west", page("istio-eastwestgateway.yaml"));
    await this.rollout("west", "istio-system", "istio-eastwestgateway");
    await this.gatewayAddress();
  }

  private gatewayAddress(): Promise<string> {
    const query = [
      "get",
      "svc",
      "--selector",
      "istio=eastwestgateway",
      "--namespace",
      "istio-system",
      "--output",
      "jsonpath={.items[0].status.loadBalancer.ingress[0].ip}",
    ];
    return eventually("the gateway's address", 60, async () => (await this.world.kubectl("west", query)) || undefined);
  }

  private async installSamples(): Promise<void> {
    for (const [mesh, sample] of [
      ["east", "sleep"],
      ["west", "httpbin"],
    ] as const) {
      await this.world.apply(
        mesh,
        namespace(sample, { "istio-injection": "enabled" }),
        ...application(sample, this.sources.images[sample]),
      );
      await this.rollout(mesh, sample, sample);
    }
    await this.forEach((mesh) => this.apply(mesh, page("mtls.yaml")));
  }

  private async importHttpbin(): Promise<void> {
    await this.apply(
      "east",
      sed("import-httpbin.tmpl.yaml", "eastwestGatewayIP", await this.gatewayAddress()),
      "sleep",
    );
  }

  private async curl(): Promise<void> {
    await eventually("a 200 from west", 60, async () =>
      (await this.world.callFrom("east", "http://httpbin.httpbin.svc.cluster.local:8000/headers")) === 200
        ? true
        : undefined,
    );
  }

  private async inLab(mesh: Mesh, program: string, args: string[], input?: string): Promise<string> {
    return inLab(await this.world.lab(), this.kubeconfig(mesh), program, args, input);
  }

  private async apply(mesh: Mesh, manifests: string, into?: string): Promise<void> {
    await this.world.kubectl(mesh, ["apply", ...(into ? ["--namespace", into] : []), "--filename", "-"], manifests);
  }

  private async rollout(mesh: Mesh, namespace: string, deployment: string): Promise<void> {
    const query = ["--namespace", namespace, `deployment/${deployment}`, "--timeout=180s"];
    await this.world.kubectl(mesh, ["rollout", "status", ...query]);
  }

  private kubeconfig(mesh: Mesh): string {
    return join(this.folder, `${mesh}.kubeconfig`);
  }

  private chart(path: string): string {
    return join(this.world.clone.folder, path);
  }
}

/** A file of the page. */
function page(file: string): string {
  return readFileSync(join(import.meta.dirname, "page", file), "utf8");
}

/** A template of the page, filled in as the page does. */
function sed(file: string, variable: string, value: string): string {
  return execFileSync("sed", [`s|{{.${variable}}}|${value}|g`], { input: page(file), encoding: "utf8" });
}

function namespace(name: string, labels: Record<string, string>) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

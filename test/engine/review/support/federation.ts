import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { Clone } from "../../../e2e/support/clone.ts";
import { makeRoot } from "../../../support/pki.ts";
import { MeshCluster } from "./meshCluster.ts";

/** Configuration of a mesh stack, keys without the project's prefix. */
export type StackConfig = Record<string, any>;

/** A mesh whose Istio and gateway are somebody else's, with a trust domain of its own. */
export function mesh(name: string, gateway: string, accepted: string[], more: StackConfig = {}): StackConfig {
  return {
    mesh: {
      name,
      trustDomain: `${name}.example`,
      acceptedTrustDomains: accepted,
      locality: { region: name, zone: `${name}-1` },
    },
    cluster: { provider: "existing" },
    istio: { provider: "existing", version: "1.30.1" },
    gateway: { provider: "existing", addresses: [gateway] },
    ...more,
  };
}

/** A service of west's, as east may import it. */
export function exported(name: string, more: StackConfig = {}): StackConfig {
  return {
    name,
    namespace: "httpbin",
    service: name,
    ports: [{ name: "http", number: 8000, protocol: "HTTP" }],
    selector: { app: name },
    serviceAccounts: [name],
    to: ["east"],
    callers: ["sleep/sleep"],
    ...more,
  };
}

/** Two meshes of a project of their own, each with an API server, deployed for real into a file backend. */
export class Federation {
  readonly clone = new Clone();
  readonly clusters: { east: MeshCluster; west: MeshCluster };

  private constructor(clusters: { east: MeshCluster; west: MeshCluster }) {
    this.clusters = clusters;
  }

  static async start(charts: string, stacks: Record<string, StackConfig>): Promise<Federation> {
    const [east, west] = await Promise.all([
      MeshCluster.start(charts, ["sleep", "istio-system"]),
      MeshCluster.start(charts, ["httpbin", "istio-system"]),
    ]);
    const { certPem } = await makeRoot("A root in common");
    const objects = { "istio-ca-root-cert": { "root-cert.pem": certPem }, istio: { mesh: "{}" } };
    for (const cluster of [east, west])
      for (const [name, data] of Object.entries(objects))
        await cluster.apply(`/api/v1/namespaces/istio-system/configmaps/${name}`, {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name },
          data,
        });
    for (const name of ["httpbin", "cart"])
      await west.apply(`/api/v1/namespaces/httpbin/services/${name}`, {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name },
        spec: { selector: { app: name }, ports: [{ name: "http", port: 8000 }] },
      });
    await west.apply("/api/v1/namespaces/istio-system/pods/gateway", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "gateway", labels: { istio: "eastwestgateway" } },
      spec: { containers: [{ name: "istio-proxy", image: "auto" }] },
    });
    const made = new Federation({ east, west });
    for (const file of readdirSync(join(made.clone.folder, "stacks"))) rmSync(join(made.clone.folder, "stacks", file));
    for (const [stack, config] of Object.entries(stacks)) made.write(stack, config);
    for (const stack of ["west", "east"] as const)
      await made.setSecret(stack, "kubeconfig", made.clusters[stack].kubeconfig);
    return made;
  }

  /** Writes a stack's file, keeping its secrets and what they are encrypted with. */
  write(stack: string, config: StackConfig): void {
    const file = join(this.clone.folder, "stacks", `Pulumi.${stack}.yaml`);
    const { config: old = {}, ...settings } = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
    const secrets = Object.fromEntries(Object.entries(old).filter(([, value]: [string, any]) => value?.secure));
    const prefixed = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`mesh-federation:${key}`, value]),
    );
    writeFileSync(file, stringify({ ...settings, config: { ...prefixed, ...secrets } }));
  }

  async setSecret(stack: string, key: string, value: string): Promise<void> {
    await this.clone.must("pulumi", ["config", "set", "--secret", key, "--stack", stack], {}, true, value);
  }

  up(...stacks: string[]): string {
    const done = spawnSync(process.execPath, ["test/engine/review/support/upStacks.ts", ...stacks], {
      cwd: this.clone.folder,
      encoding: "utf8",
    });
    if (done.status !== 0) throw new Error(`up ${stacks.join(" ")} failed:\n${done.stderr}\n${done.stdout}`);
    return done.stdout;
  }

  commit(message: string): void {
    this.clone.git("add", "--all");
    this.clone.git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.invalid",
      "commit",
      "--quiet",
      "--message",
      message,
    );
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.clusters).map((c) => c.stop()));
    this.clone.remove();
  }
}

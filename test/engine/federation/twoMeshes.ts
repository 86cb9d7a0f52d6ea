import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "../support/apiServer.ts";
import { prepareApiServer } from "./kinds.ts";
import { writeIstioCharts } from "./managedMesh.ts";
import { Project, type PulumiRun } from "./project.ts";

/** The meshes, each with a cluster of its own. */
export const meshes = ["east", "west"] as const;
export type Mesh = (typeof meshes)[number];

/** Environment of the owner of a stack. Nobody else has its passphrase. */
export const ownerOf = (stack: string): Record<string, string> => ({
  PULUMI_CONFIG_PASSPHRASE: `passphrase of ${stack}`,
});

/** Two meshes with managed Istios in bare API servers, and a project whose stacks have different passphrases. */
export class TwoMeshes {
  readonly project = new Project();
  /** Everything that updates have printed. */
  printed = "";
  private readonly servers: Record<Mesh, ApiServer>;

  private constructor(servers: Record<Mesh, ApiServer>) {
    this.servers = servers;
  }

  /** @param stacks configuration by stack; all of them are created */
  static async start(stacks: Record<string, Record<string, unknown>>): Promise<TwoMeshes> {
    const [east, west] = await Promise.all(meshes.map(() => ApiServer.start()));
    const pair = new TwoMeshes({ east: east!, west: west! });
    const { project } = pair;
    writeIstioCharts(join(project.folder, "charts"));
    for (const mesh of meshes) {
      await prepareApiServer(pair.servers[mesh], ["httpbin", "sleep"]);
      writeFileSync(join(project.folder, `${mesh}.kubeconfig`), pair.servers[mesh].kubeconfig);
    }
    for (const [stack, config] of Object.entries(stacks)) {
      project.write(stack, config);
      await project.must(["stack", "init", stack], ownerOf(stack));
    }
    return pair;
  }

  async stop(): Promise<void> {
    this.project.remove();
    await Promise.all(Object.values(this.servers).map((server) => server.stop()));
  }

  async up(stack: string): Promise<string> {
    const output = await this.project.must(["up", "--yes", "--skip-preview", "--stack", stack], ownerOf(stack));
    this.printed += output;
    return output;
  }

  run(stack: string, ...args: string[]): Promise<PulumiRun> {
    return this.project.pulumi([...args, "--stack", stack], ownerOf(stack));
  }

  must(stack: string, ...args: string[]): Promise<string> {
    return this.project.must([...args, "--stack", stack], ownerOf(stack));
  }

  changes(stack: string): Promise<string[]> {
    return this.project.changes(stack, ownerOf(stack));
  }

  async outputs(stack: string): Promise<Record<string, any>> {
    return JSON.parse(await this.must(stack, "stack", "output", "--json"));
  }

  exported(stack: string, ...options: string[]): Promise<string> {
    return this.must(stack, "stack", "export", ...options);
  }

  /** An object in Istio's namespace; undefined where there is none. */
  async inCluster(mesh: Mesh, kind: "secrets" | "configmaps", name: string): Promise<any> {
    const { status, body } = await this.servers[mesh].request("GET", `/api/v1/namespaces/istio-system/${kind}/${name}`);
    return status === 404 ? undefined : body;
  }

  /** The texts of Istio's secret of a mesh, by file name. */
  async cacerts(mesh: Mesh): Promise<Record<string, string>> {
    const { data } = await this.inCluster(mesh, "secrets", "cacerts");
    return Object.fromEntries(
      Object.entries(data as Record<string, string>).map(([name, text]) => [
        name,
        Buffer.from(text, "base64").toString(),
      ]),
    );
  }

  /** The configuration that a mesh's istiod would have. */
  async meshConfig(mesh: Mesh): Promise<any> {
    return JSON.parse((await this.inCluster(mesh, "configmaps", "istio")).data.mesh);
  }
}

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiServer } from "../support/apiServer.ts";
import { testProgram } from "../support/testProgram.ts";
import { prepareApiServer } from "../federation/kinds.ts";
import { Project } from "../federation/project.ts";
import { measured, type Cost } from "./measured.ts";

const path = "/apis/networking.istio.io/v1";
/** Kinds of the objects of imports. */
const plurals = ["serviceentries", "destinationrules"];
const mesh = (name: string) => ({ name, trustDomain: "cluster.local" });
const nameOf = (i: number): string => `service-${String(i).padStart(4, "0")}`;

/** A mesh that imports many services of one peer, in a real API server. The peer's contract is a file. */
export class ManyImports {
  private readonly server: ApiServer;
  private readonly project: Project;

  private constructor(server: ApiServer, project: Project) {
    this.server = server;
    this.project = project;
  }

  static async start(): Promise<ManyImports> {
    const [server, project] = [await ApiServer.start(), new Project()];
    const many = new ManyImports(server, project);
    try {
      await prepareApiServer(server, ["istio-system", "shop"]);
      writeFileSync(join(project.folder, "kubeconfig"), server.kubeconfig);
      await project.must(["stack", "init", "east"]);
      return many;
    } catch (error) {
      await many.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.project.remove();
    await this.server.stop();
  }

  /** Writes the stack file with a number of imports, and the contract that exports as many. */
  declare(count: number): void {
    const ports = [{ name: "http", number: 8000, protocol: "HTTP" }];
    const names = Array.from({ length: count }, (_, i) => nameOf(i));
    const exports = names.map((name) => ({
      ...{ name, host: `${name}.apps.svc.cluster.local`, namespace: "apps", service: name, ports },
      ...{ subjectAltNames: [`spiffe://cluster.local/ns/apps/sa/${name}`], to: ["east"], callers: [] },
    }));
    const contract = {
      version: 1,
      mesh: {
        ...mesh("west"),
        ...{
          meshId: "west",
          cluster: "west",
          network: "network-west",
          istioVersion: "1.30.5",
          locality: "west/west-1",
        },
      },
      ...{ gateways: [{ address: "192.0.2.2", port: 15443 }], exports, imports: [], pendingImports: [] },
    };
    writeFileSync(join(this.project.folder, "west.json"), JSON.stringify(contract));
    this.project.write("east", {
      mesh: mesh("east"),
      cluster: { provider: "existing", kubeconfigPath: "./kubeconfig" },
      istio: { provider: "existing", version: "1.30.5" },
      gateway: { provider: "none" },
      peers: { west: { file: "west.json" } },
      imports: names.map((name) => ({ name, from: "west", namespace: "shop", visibleTo: ["shop"] })),
    });
  }

  /** A preview that has to show no change. */
  preview(): Promise<Cost> {
    return this.pulumi("preview", "--expect-no-changes");
  }

  up(): Promise<Cost> {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  /** The size of the state in bytes, as the backend keeps it, without blanks. */
  async stateBytes(): Promise<number> {
    const exported = await this.project.must(["stack", "export", "--stack", "east"]);
    return JSON.stringify(JSON.parse(exported)).length;
  }

  /** How many objects of imports the cluster has. */
  async objects(): Promise<number> {
    return (await this.lists()).flat().length;
  }

  /** Writes the objects of the cluster's imports into a file, as their owner would keep them for `kubectl`. */
  async writeObjects(): Promise<void> {
    const items = (await this.lists()).flat();
    writeFileSync(join(this.project.folder, "objects.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  }

  /** What a user without this project would run with these objects; `diff` must find none. */
  kubectl(verb: "apply" | "diff" | "delete"): Promise<Cost> {
    const serverSide = verb === "delete" ? [] : ["--server-side"];
    const args = [verb, ...serverSide, "--kubeconfig", "kubeconfig", "-f", "objects.json"];
    return measured([testProgram("kubectl"), ...args], { cwd: this.project.folder });
  }

  private pulumi(...args: string[]): Promise<Cost> {
    return measured(["pulumi", ...args, "--non-interactive", "--stack", "east"], {
      cwd: this.project.folder,
      env: this.project.environment,
    });
  }

  private async lists(): Promise<object[][]> {
    return Promise.all(
      plurals.map(async (plural) => {
        const { body } = await this.server.request("GET", `${path}/${plural}`);
        const { apiVersion, kind, items } = body as { apiVersion: string; kind: string; items: any[] };
        return items.map(({ metadata: { name, namespace, labels, annotations }, spec }) => ({
          ...{ apiVersion, kind: kind.replace(/List$/, ""), metadata: { name, namespace, labels, annotations }, spec },
        }));
      }),
    );
  }
}

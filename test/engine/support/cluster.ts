import { ApiServer } from "./apiServer.ts";
import { Nodes } from "./nodes.ts";
import { Project } from "./project.ts";

/** An API server with nodes, and the projects that a test file runs against it. */
export class Cluster {
  readonly api: ApiServer;
  private readonly nodes: Nodes;
  private readonly projects: Project[] = [];

  private constructor(api: ApiServer) {
    this.api = api;
    this.nodes = new Nodes(api);
  }

  static async start(): Promise<Cluster> {
    return new Cluster(await ApiServer.start());
  }

  project(environment?: Record<string, string>): Project {
    const project = new Project(this.api.kubeconfig, environment);
    this.projects.push(project);
    return project;
  }

  /** The object at a path, or undefined. */
  async get(path: string): Promise<any> {
    const { status, body } = await this.api.request("GET", path);
    return status === 200 ? body : undefined;
  }

  async namespace(name: string): Promise<void> {
    await this.api.apply(`/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }

  async stop(): Promise<void> {
    for (const project of this.projects) project.close();
    await this.nodes.stop();
    await this.api.stop();
  }
}

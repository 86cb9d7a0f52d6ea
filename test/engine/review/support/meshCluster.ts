import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, parseAllDocuments } from "yaml";
import { ApiServer } from "../../support/apiServer.ts";

/** A bare API server with Istio's CRDs and some namespaces: enough for a mesh whose Istio is somebody else's. */
export class MeshCluster {
  private readonly server: ApiServer;

  private constructor(server: ApiServer) {
    this.server = server;
  }

  get kubeconfig(): string {
    return this.server.kubeconfig;
  }

  /** @param charts folder with the chart `base` */
  static async start(charts: string, namespaces: string[]): Promise<MeshCluster> {
    const cluster = new MeshCluster(await ApiServer.start());
    const crds = parseAllDocuments(readFileSync(join(charts, "base", "files", "crd-all.gen.yaml"), "utf8"))
      .map((d) => d.toJS() as any)
      .filter(Boolean);
    await Promise.all(
      crds.map((crd) =>
        cluster.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`, crd),
      ),
    );
    for (const name of namespaces)
      await cluster.apply(`/api/v1/namespaces/${name}`, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    for (const { spec } of crds)
      for (const { name } of spec.versions.filter((v: any) => v.served))
        await cluster.served(`/apis/${spec.group}/${name}/${spec.names.plural}`);
    return cluster;
  }

  /** The same cluster with another credential: a token of a service account of its own. */
  async otherKubeconfig(): Promise<string> {
    await this.apply("/api/v1/namespaces/default/serviceaccounts/deployer", {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "deployer" },
    });
    const answer = await this.call("POST", "/api/v1/namespaces/default/serviceaccounts/deployer/token", {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {},
    });
    const config = JSON.parse(this.kubeconfig);
    config.users[0].user = { token: JSON.parse(answer.body).status.token };
    return JSON.stringify(config);
  }

  async apply(path: string, object: unknown): Promise<void> {
    const { status, body } = await this.call(
      "PATCH",
      `${path}?fieldManager=test&force=true`,
      object,
      "application/apply-patch+yaml",
    );
    if (status >= 300) throw new Error(`${path}: ${status} ${body}`);
  }

  async patch(path: string, patch: unknown): Promise<void> {
    const { status, body } = await this.call("PATCH", path, patch, "application/merge-patch+json");
    if (status >= 300) throw new Error(`${path}: ${status} ${body}`);
  }

  async delete(path: string): Promise<void> {
    const { status, body } = await this.call("DELETE", path);
    if (status >= 300) throw new Error(`${path}: ${status} ${body}`);
  }

  async list(path: string): Promise<any[]> {
    const { status, body } = await this.call("GET", path);
    if (status !== 200) throw new Error(`${path}: ${status} ${body}`);
    return JSON.parse(body).items;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** Waits until a kind is served, which takes a moment after its CRD is created. */
  private async served(path: string): Promise<void> {
    for (let i = 0; (await this.call("GET", path)).status !== 200; i++) {
      if (i > 100) throw new Error(`the API server does not serve ${path}`);
      await sleep(100);
    }
  }

  private call(
    method: string,
    path: string,
    body?: unknown,
    type = "application/json",
  ): Promise<{ status: number; body: string }> {
    const config = parse(this.kubeconfig) as any;
    const ca = Buffer.from(config.clusters[0].cluster["certificate-authority-data"], "base64");
    const headers = { authorization: `Bearer ${config.users[0].user.token}`, "content-type": type };
    return new Promise((resolve, reject) => {
      const call = request(
        this.server.address + path,
        { method, ca, headers, checkServerIdentity: () => undefined },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => (text += part));
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: text }));
        },
      );
      call.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

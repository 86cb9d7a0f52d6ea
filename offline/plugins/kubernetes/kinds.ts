import type { Cluster, ResourceKind } from "./cluster.ts";

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** The kinds a cluster serves, asked for by group and version and remembered. */
export class Kinds {
  private readonly known = new Map<string, Promise<ApiResource[]>>();
  private readonly request: Cluster["request"];

  constructor(request: Cluster["request"]) {
    this.request = request;
  }

  async find(apiVersion: string, kind: string): Promise<ResourceKind | undefined> {
    const match = (list: ApiResource[]): ApiResource | undefined =>
      list.find((r) => r.kind === kind && !r.name.includes("/"));
    let found = match(await this.list(apiVersion));
    if (!found) {
      // A definition may have been made since.
      this.known.delete(apiVersion);
      found = match(await this.list(apiVersion));
    }
    return found && describe(apiVersion, found);
  }

  /** Everything, as charts see it: `v1`, `apps/v1`, `apps/v1/Deployment`, ... */
  async all(): Promise<string[]> {
    const { body } = await this.request("GET", "/apis");
    const groups = (body.groups ?? []) as { versions: { groupVersion: string }[] }[];
    const versions = ["v1", ...groups.flatMap((group) => group.versions.map((v) => v.groupVersion))];
    const lists = await Promise.all(versions.map((version) => this.list(version)));
    return versions.flatMap((version, i) => [
      version,
      ...lists[i]!.filter((r) => !r.name.includes("/")).map((r) => `${version}/${r.kind}`),
    ]);
  }

  private list(apiVersion: string): Promise<ApiResource[]> {
    const found = this.known.get(apiVersion) ?? this.ask(apiVersion);
    this.known.set(apiVersion, found);
    found.catch(() => this.known.delete(apiVersion));
    return found;
  }

  private async ask(apiVersion: string): Promise<ApiResource[]> {
    const { status, body } = await this.request("GET", root(apiVersion));
    if (status === 404) return [];
    if (status !== 200)
      throw new Error(
        `the cluster does not tell what it serves in ${apiVersion}: ${body?.message ?? `status ${status}`}`,
      );
    return body.resources as ApiResource[];
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function describe(apiVersion: string, { name, kind, namespaced }: ApiResource): ResourceKind {
  const [group, version] = apiVersion.includes("/") ? (apiVersion.split("/") as [string, string]) : ["", apiVersion];
  return {
    group,
    version,
    kind,
    plural: name,
    namespaced,
    path: (namespace, object) =>
      [
        root(apiVersion),
        ...(namespaced && namespace ? ["namespaces", namespace] : []),
        name,
        ...(object === undefined ? [] : [object]),
      ].join("/"),
  };
}

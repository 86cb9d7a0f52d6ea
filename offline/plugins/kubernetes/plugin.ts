import type { Engine } from "../shared/engine.ts";
import type { Plugin } from "../shared/plugin.ts";
import type { Values } from "../shared/values.ts";
import { connect, noCluster } from "./client.ts";
import type { Cluster, ResourceHandler } from "./cluster.ts";
import { checkConfig, diffConfig, readConfig } from "./config.ts";
import { objects } from "./object/handler.ts";
import { patches } from "./object/patch.ts";
import { skippedInputs } from "./object/unreachable.ts";

const releaseType = "kubernetes:helm.sh/v3:Release";

/** The stand-in for `kubernetes` 4.34.2: objects by server-side apply, Helm releases and charts, YAML groups. */
export function kubernetesPlugin(): Plugin {
  let engine: Engine = { log: () => undefined };
  let cluster: Cluster | undefined;
  const context = (): { cluster: Cluster; engine: Engine } => {
    if (!cluster) throw new Error("the kubernetes provider was not configured before its first use");
    return { cluster, engine };
  };

  return {
    name: "kubernetes",
    version: "4.34.2",
    checkConfig: async ({ urn, news }) => ({ inputs: news, failures: checkConfig(news, urn) }),
    diffConfig: ({ olds, news }) => diffConfig(olds, news),
    configure: async (request) => {
      engine = request.engine;
      const config = readConfig(request.args);
      cluster = await connect(config).catch((error: Error) => noCluster(config, error.message));
      return { supportsPreview: true, supportsAutonaming: true };
    },
    check: async (request) => {
      const handler = await handlerOf(request.type);
      const kept = await skippedInputs({ ...request, ...context() });
      return kept ? { inputs: kept } : handler.check({ ...request, ...context() });
    },
    diff: async (request) => (await handlerOf(request.type)).diff({ ...request, ...context() }),
    create: async (request) => (await handlerOf(request.type)).create({ ...request, ...context() }),
    read: async (request) => (await handlerOf(request.type)).read({ ...request, ...context() }),
    update: async (request) => (await handlerOf(request.type)).update({ ...request, ...context() }),
    delete: async (request) => (await handlerOf(request.type)).delete({ ...request, ...context() }),
    invoke: async ({ token, args }) => ({ result: await invoke(token, args) }),
    construct: async (request) => {
      const components: Record<string, () => Promise<Constructor>> = {
        "kubernetes:helm.sh/v4:Chart": async () => (await import("./charts/chart.ts")).constructChart,
        "kubernetes:yaml/v2:ConfigGroup": async () => (await import("./manifests/configGroup.ts")).constructConfigGroup,
        "kubernetes:yaml/v2:ConfigFile": async () => (await import("./manifests/configGroup.ts")).constructConfigGroup,
      };
      const load = components[request.type];
      if (!load)
        throw new Error(
          `component ${request.type} is not built into this stand-in for the kubernetes ` +
            `plugin; it has ${Object.keys(components).join(", ")}`,
        );
      const construct = await load();
      return construct(request, context());
    },
  };
}

type Constructor = typeof import("./charts/chart.ts").constructChart;

/** The family of resources that a type belongs to. */
async function handlerOf(type: string): Promise<ResourceHandler> {
  if (type === releaseType) return (await import("./charts/release.ts")).release;
  const [, group, kind] = /^kubernetes:([^:]+):([A-Za-z0-9]+)$/.exec(type) ?? [];
  if (!group || !kind)
    throw new Error(
      `resource type ${type} is not known; a type reads kubernetes:<apiVersion>:<Kind>, ` +
        "e.g. kubernetes:apps/v1:Deployment",
    );
  return kind.endsWith("Patch") ? patches : objects;
}

async function invoke(token: string, args: Values): Promise<Values> {
  if (token !== "kubernetes:yaml:decode")
    throw new Error(
      `function ${token} is not built into this stand-in for the kubernetes plugin; it has kubernetes:yaml:decode`,
    );
  const { parseAllDocuments } = await import("yaml");
  return {
    result: parseAllDocuments(String(args["text"] ?? ""))
      .map((document) => document.toJS() as Values)
      .filter((object) => object !== null),
  };
}

import { PluginProcess } from "../../../offline/test/support/plugins/pluginProcess.ts";
import type { Json } from "../../../offline/test/support/plugins/wire.ts";
import { ApiServer } from "./apiServer.ts";

/** The `kubernetes` plugin, called over its protocol without an engine, with its own API server. */
export class DirectPlugin {
  readonly api: ApiServer;
  private readonly plugin: PluginProcess;

  private constructor(api: ApiServer, plugin: PluginProcess) {
    this.api = api;
    this.plugin = plugin;
  }

  static async start(): Promise<DirectPlugin> {
    const api = await ApiServer.start();
    const direct = new DirectPlugin(api, await PluginProcess.start("kubernetes"));
    await direct.configure({});
    return direct;
  }

  /** Configures the plugin again. `args`: the provider's inputs besides the kubeconfig. */
  async configure(args: Json): Promise<void> {
    await this.call("Configure", { args: { kubeconfig: this.api.kubeconfig, ...args } });
  }

  async create(type: string, properties: Json, more: Json = {}): Promise<Json> {
    return this.call("Create", { ...subject(type), properties, ...more });
  }

  async update(type: string, id: string, olds: Json, news: Json, more: Json = {}): Promise<Json> {
    return this.call("Update", { ...subject(type), id, olds, oldInputs: olds["__inputs"], news, ...more });
  }

  async delete(type: string, id: string, properties: Json, more: Json = {}): Promise<Json> {
    return this.call("Delete", { ...subject(type), id, properties, ...more });
  }

  /** Calls any method. Throws the plugin's errors. */
  async call(method: string, request: Json): Promise<Json> {
    const { response, errors } = await this.plugin.call(method, request);
    if (errors) throw new Error(errors.join("\n"));
    return response!;
  }

  async stop(): Promise<void> {
    await this.plugin.stop();
    await this.api.stop();
  }
}

/** The resource of a call. */
export function subject(type: string): Json {
  return { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n" };
}

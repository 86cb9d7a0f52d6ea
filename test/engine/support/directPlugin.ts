import { PluginProcess } from "../../../offline/test/support/plugins/pluginProcess.ts";
import type { Json } from "../../../offline/test/support/plugins/wire.ts";
import { ApiServer } from "./apiServer.ts";

/** The `kubernetes` plugin, asked without an engine, with an API server of its own. */
export class DirectPlugin {
  readonly api: ApiServer;
  private readonly plugin: PluginProcess;

  private constructor(api: ApiServer, plugin: PluginProcess) {
    this.api = api;
    this.plugin = plugin;
  }

  static async start(): Promise<DirectPlugin> {
    const api = await ApiServer.start();
    const served = new DirectPlugin(api, await PluginProcess.start("kubernetes"));
    await served.configure({});
    return served;
  }

  /** Configures the plugin anew. `args`: the provider's inputs besides the kubeconfig. */
  async configure(args: Json): Promise<void> {
    await this.ask("Configure", { args: { kubeconfig: this.api.kubeconfig, ...args } });
  }

  async create(type: string, properties: Json, more: Json = {}): Promise<Json> {
    return this.ask("Create", { ...subject(type), properties, ...more });
  }

  async update(type: string, id: string, olds: Json, news: Json, more: Json = {}): Promise<Json> {
    return this.ask("Update", { ...subject(type), id, olds, oldInputs: olds["__inputs"], news, ...more });
  }

  async delete(type: string, id: string, properties: Json, more: Json = {}): Promise<Json> {
    return this.ask("Delete", { ...subject(type), id, properties, ...more });
  }

  /** Any call. Throws what the plugin refuses it with. */
  async ask(method: string, request: Json): Promise<Json> {
    const { response, errors } = await this.plugin.call(method, request);
    if (errors) throw new Error(errors.join("\n"));
    return response!;
  }

  async stop(): Promise<void> {
    await this.plugin.stop();
    await this.api.stop();
  }
}

/** Which resource a call is about. */
export function subject(type: string): Json {
  return { urn: `urn:pulumi:s::p::${type}::n`, type, name: "n" };
}

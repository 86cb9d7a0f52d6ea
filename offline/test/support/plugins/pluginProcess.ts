import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import engineRpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { pinned } from "../../../../tools/versions.ts";
import { fromMessage, toMessage, type Json } from "./wire.ts";

export type PluginName = keyof typeof pinned.plugins;

const root = join(import.meta.dirname, "..", "..", "..", "..");

/**
 * Whether this project's stand-ins are tested, not the plugins of MESH_FEDERATION_TEST_PLUGIN_HOME. What only they
 * promise is asserted under this condition.
 */
export const onStandIns = !process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"];

/** Program of a plugin: from the Pulumi home MESH_FEDERATION_TEST_PLUGIN_HOME if that is set, else the stand-in. */
export function pluginCommand(name: PluginName): string[] {
  const home = process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"];
  if (home) return [join(home, "plugins", `resource-${name}-v${pinned.plugins[name]}`, `pulumi-resource-${name}`)];
  return [process.execPath, join(root, "offline", "plugins", name, "main.ts")];
}

/** A plugin that runs in a process of its own, asked as the engine asks it. */
export class PluginProcess {
  readonly process: ChildProcess;
  /** What the plugin told the user, passing messages aside: `warning: ...`. */
  readonly logged: string[];
  private readonly name: PluginName;
  private readonly engine: grpc.Server;
  private readonly client: any;

  private constructor(name: PluginName, child: ChildProcess, engine: grpc.Server, logged: string[], port: number) {
    this.name = name;
    this.process = child;
    this.logged = logged;
    this.engine = engine;
    this.client = new providerRpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  static async start(name: PluginName, env: Record<string, string> = {}): Promise<PluginProcess> {
    const [program, ...args] = pluginCommand(name);
    const engine = await startEngine();
    const child = spawn(program!, [...args, engine.address], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    const ended = (code: number | null): Error => {
      engine.server.forceShutdown();
      return new Error(`plugin ${name} ended with exit code ${code} before it served`);
    };
    const port = await new Promise<number>((resolve, reject) => {
      let text = "";
      child.stdout!.on("data", (part) => (text += part).includes("\n") && resolve(Number(text.trim())));
      child.on("error", reject).on("exit", (code) => reject(ended(code)));
    });
    return new PluginProcess(name, child, engine.server, engine.logged, port);
  }

  /**
   * Configures the plugin as the engine does, which sends the values twice: as arguments and, all texts, as
   * variables.
   */
  configure(values: Record<string, string>): ReturnType<PluginProcess["call"]> {
    const type = `pulumi:providers:${this.name}`;
    const variables = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`${this.name}:config:${key}`, value]),
    );
    const accepted = { acceptSecrets: true, acceptResources: true, sendsOldInputs: true, sendsOldInputsToDelete: true };
    return this.call("Configure", {
      urn: `urn:pulumi:s::p::${type}::p`,
      id: "p",
      name: "p",
      type,
      variables,
      args: values,
      ...accepted,
    });
  }

  /** One call; a refusal is part of the answer, as in a recording. */
  call(method: string, request: Json): Promise<{ response: Json | null; errors?: string[]; details?: grpc.Metadata }> {
    const name = method[0]!.toLowerCase() + method.slice(1);
    return new Promise((resolve) =>
      this.client[name](toMessage(method, request), (error: grpc.ServiceError | null, answer: any) =>
        resolve(
          error
            ? {
                response: null,
                errors: [`rpc error: code = ${codes[error.code] ?? error.code} desc = ${error.details}`],
                details: error.metadata,
              }
            : { response: fromMessage(method, answer) },
        ),
      ),
    );
  }

  async stop(): Promise<void> {
    this.client.close();
    this.engine.forceShutdown();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
  }
}

/** As much of an engine as a plugin needs that is asked without one: it takes the plugin's messages. */
async function startEngine(): Promise<{ server: grpc.Server; address: string; logged: string[] }> {
  const server = new grpc.Server();
  const logged: string[] = [];
  const log = ({ request }: grpc.ServerUnaryCall<any, unknown>, callback: grpc.sendUnaryData<unknown>) => {
    if (!request.getEphemeral())
      logged.push(`${["debug", "info", "warning", "error"][request.getSeverity()]}: ${request.getMessage()}`);
    callback(null, new emptyPb.Empty());
  };
  server.addService(
    engineRpc.EngineService as unknown as grpc.ServiceDefinition,
    { log } as grpc.UntypedServiceImplementation,
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { server, address: `127.0.0.1:${port}`, logged };
}

const codes: Record<number, string> = {
  [grpc.status.UNKNOWN]: "Unknown",
  [grpc.status.UNIMPLEMENTED]: "Unimplemented",
  [grpc.status.INVALID_ARGUMENT]: "InvalidArgument",
};

import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { pinned } from "../../../toolchain/versions.ts";
import { fromMessage, toMessage, type Json } from "./wire.ts";

export type PluginName = keyof typeof pinned.plugins;

const root = join(import.meta.dirname, "..", "..", "..");

/** Program of a plugin: from the Pulumi home MESH_FEDERATION_TEST_PLUGIN_HOME if that is set, else the stand-in. */
export function pluginCommand(name: PluginName): string[] {
  const home = process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"];
  if (home) return [join(home, "plugins", `resource-${name}-v${pinned.plugins[name]}`, `pulumi-resource-${name}`)];
  return [process.execPath, join(root, "plugins", name, "main.ts")];
}

/** A plugin that runs in a process of its own, asked as the engine asks it. */
export class PluginProcess {
  readonly process: ChildProcess;
  private readonly client: any;

  private constructor(child: ChildProcess, port: number) {
    this.process = child;
    this.client = new providerRpc.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  }

  static async start(name: PluginName, env: Record<string, string> = {}): Promise<PluginProcess> {
    const [program, ...args] = pluginCommand(name);
    const child = spawn(program!, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...env } });
    const port = await new Promise<number>((resolve, reject) => {
      let text = "";
      child.stdout!.on("data", (part) => (text += part).includes("\n") && resolve(Number(text.trim())));
      child.on("error", reject).on("exit", (code) => reject(new Error(`plugin ${name} ended with exit code ${code} before it served`)));
    });
    return new PluginProcess(child, port);
  }

  /** One call; a refusal is part of the answer, as in a recording. */
  call(method: string, request: Json): Promise<{ response: Json | null; errors?: string[]; details?: grpc.Metadata }> {
    const name = method[0]!.toLowerCase() + method.slice(1);
    return new Promise((resolve) =>
      this.client[name](toMessage(method, request), (error: grpc.ServiceError | null, answer: any) =>
        resolve(
          error
            ? { response: null, errors: [`rpc error: code = ${codes[error.code] ?? error.code} desc = ${error.details}`], details: error.metadata }
            : { response: fromMessage(method, answer) },
        ),
      ),
    );
  }

  async stop(): Promise<void> {
    this.client.close();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
  }
}

const codes: Record<number, string> = { [grpc.status.UNKNOWN]: "Unknown", [grpc.status.UNIMPLEMENTED]: "Unimplemented", [grpc.status.INVALID_ARGUMENT]: "InvalidArgument" };

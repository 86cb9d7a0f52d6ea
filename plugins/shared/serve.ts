import * as grpc from "@grpc/grpc-js";
import providerRpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { connectEngine, type Engine } from "./engine.ts";
import { handlersOf } from "./handlers.ts";
import type { Plugin } from "./plugin.ts";

/**
 * Serves a plugin to the engine whose address is the first argument, on a free port of the loopback interface, and
 * prints the port, by which the engine finds it. Ends when the engine closes its end.
 */
export async function serve(plugin: Plugin): Promise<void> {
  const address = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  const session: Session = { stop: new AbortController() };
  if (address) session.engine = connectEngine(address);
  const server = new grpc.Server({ "grpc.max_receive_message_length": messageLimit, "grpc.max_send_message_length": messageLimit });
  server.addService(providerRpc.ResourceProviderService as unknown as grpc.ServiceDefinition, handlersOf(plugin, session));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  const stop = () => session.stop.abort(new Error("the engine stopped this operation"));
  process.on("SIGINT", stop);
  process.on("SIGTERM", () => {
    stop();
    // Operations under way get a moment to clean up after themselves.
    setTimeout(() => process.exit(0), 2000).unref();
  });
  watchParent(stop);
  process.stdout.write(`${port}\n`);
}

/** What requests of one engine share. */
export interface Session {
  engine?: Engine;
  /** Aborted by Cancel, by signals and when the engine is gone. */
  stop: AbortController;
}

/** State of large stacks travels in one message. */
const messageLimit = 400 * 1024 * 1024;

/** An engine that was killed says nothing; the plugin notices that it has another parent, and ends. */
function watchParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid === parent) return;
    stop();
    setTimeout(() => process.exit(1), 500);
  }, 500).unref();
}

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
  const session: Session = { stop: new AbortController(), running: 0 };
  if (address) session.engine = connectEngine(address);
  const server = new grpc.Server({
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_send_message_length": messageLimit,
  });
  server.addService(
    providerRpc.ResourceProviderService as unknown as grpc.ServiceDefinition,
    handlersOf(plugin, session),
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const stop = () => session.stop.abort(new Error("the engine stopped this operation"));
  // The engine interrupts a plugin that it no longer needs, and waits for its end.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => endSoon(session, stop));
  watchParent(stop);
  process.stdout.write(`${port}\n`);
}

/** What requests of one engine share. */
export interface Session {
  engine?: Engine;
  /** Aborted by Cancel, by signals and when the engine ended. */
  stop: AbortController;
  /** Number of running requests. */
  running: number;
}

/** Ends this process when the running operations, which are aborted, have cleaned up. */
function endSoon(session: Session, stop: () => void): void {
  stop();
  const until = Date.now() + 2000;
  const check = (): void => {
    if (session.running === 0 || Date.now() > until) process.exit(0);
    setTimeout(check, 20);
  };
  check();
}

/** The state of a large stack is one message. */
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

import { PassThrough, type Readable, type Writable } from "node:stream";
import type { KubeConfig, V1Status } from "@kubernetes/client-node";
import type { Access } from "./access.ts";
import { pathSegment } from "./request.ts";

/** One container to run a command in. */
export interface Container {
  namespace: string;
  pod: string;
  container: string;
}

/** What a command printed, and how it ended. */
export interface CommandResult {
  /** Bytes as latin1, so that binary output survives. */
  stdout: string;
  stderr: string;
  /** Exit code; 0 is success. */
  code: number;
}

/** A command in a container: its end, and what ends the connection to it. */
export interface RunningCommand {
  result: Promise<CommandResult>;
  close: () => void;
}

/**
 * Runs a command in a container, with its output in `result`, or in `output` as it comes. `result` rejects when the
 * command cannot be started or the connection ends early; a command that fails is a result with its exit code.
 */
export function execInContainer(
  access: Access,
  { namespace, pod, container }: Container,
  command: string[],
  stdin?: Readable,
  output?: Writable,
): RunningCommand {
  const [stdout, stderr] = [collector(), collector()];
  let closed = false;
  let close = (): void => undefined;
  const ended = (async (): Promise<V1Status> => {
    const { Exec } = (await import("@kubernetes/client-node/dist/exec.js")) as {
      Exec: typeof import("@kubernetes/client-node").Exec;
    };
    // The library writes both into the path as they are.
    const [inNamespace, ofPod] = [pathSegment(namespace), pathSegment(pod)];
    return new Promise<V1Status>((resolve, reject) => {
      new Exec(configOf(access))
        .exec(
          inNamespace,
          ofPod,
          container,
          command,
          output ?? stdout.stream,
          stderr.stream,
          stdin ?? null,
          false,
          resolve,
        )
        .then((socket) => {
          close = () => socket.close?.();
          if (closed) close();
          socket.on?.("error", reject);
          // The status may still be on its way when the socket closes.
          socket.on?.("close", () => setTimeout(() => reject(new Error("the connection to the pod ended early")), 100));
        }, reject);
    });
  })();
  const result = ended.then((status) => {
    const exitCode = status.details?.causes?.find((c) => c.reason === "ExitCode")?.message;
    if (status.status !== "Success" && exitCode === undefined)
      throw new Error(status.message ?? "the command could not be started");
    return { stdout: stdout.text(), stderr: stderr.text(), code: status.status === "Success" ? 0 : Number(exitCode) };
  });
  return { result, close: () => ((closed = true), close()) };
}

/** An {@link Access} as the two methods of the library's kubeconfig that its WebSocket client calls. */
function configOf({ server, options }: Access): KubeConfig {
  const config: Pick<KubeConfig, "getCurrentCluster" | "applyToHTTPSOptions"> = {
    getCurrentCluster: () => ({ name: server, server, skipTLSVerify: false }),
    applyToHTTPSOptions: async (given) => void Object.assign(given, await options()),
  };
  return config as KubeConfig;
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString("latin1") };
}

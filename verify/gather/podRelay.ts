import { isIP } from "node:net";
import { Duplex, PassThrough, Writable, type Readable } from "node:stream";
import { rfc1123Subdomain } from "../../federation/objects/names.ts";
import { errorLine } from "../../kube/errors.ts";
import type { Container, RunningCommand } from "../../kube/exec.ts";
import type { KubeClient } from "../../kube/kubeClient.ts";
import type { Connector, GatewayConnection } from "./clientHello.ts";
import type { ClientPod } from "./clientPod.ts";

/** How long an answer through a pod may take, in milliseconds: the command has to start first. */
const timeout = 5000;

/** Seconds after which a command ends by itself, should the connection to it be lost. */
const lifetime = 15;

/** A line before the bytes of a connection. */
const header = { open: "open", unknown: "unknown" } as const;

/** Exit code of a container that has none of the programs. */
const noProgram = 127;

/**
 * Connects standard input and output to an address. bash says whether there is a connection; `nc` differs too much to
 * tell, and shows it by its exit code. Istio's proxy image has both, curl's has `nc`; a distroless one has no shell.
 * https://github.com/istio/istio/blob/release-1.31/docker/Dockerfile.base
 *
 * Standard error stays open as descriptor 9: releases of containerd close a command's input when one of its outputs
 * ends. https://github.com/containerd/containerd/blob/main/internal/cri/io/exec_io.go (Attach)
 */
const script = `run=
if command -v timeout >/dev/null 2>&1; then run="timeout ${lifetime}"; fi
if command -v bash >/dev/null 2>&1; then exec $run bash -c '
  exec 3<>"/dev/tcp/$0/$1" || exit 1
  exec 4<&0
  echo ${header.open}
  cat <&4 >&3 & cat <&3 &
  wait -n
  kill $(jobs -p) 2>/dev/null
  exit 0' "$1" "$2" 9>&2 2>/dev/null; fi
if command -v nc >/dev/null 2>&1; then echo ${header.unknown}; exec $run nc "$1" "$2" 9>&2 2>/dev/null; fi
exit ${noProgram}`;

/** Starts a command with streams for its input and output. */
export type StartCommand = (command: string[], stdin: Readable, output: Writable) => RunningCommand;

/** A way to a gateway through a container. */
export interface PodRelay extends Connector {
  /** `namespace/name`. */
  pod: string;
  /** Whether its container has run the command: another one then knows no better. */
  ran: boolean;
}

/**
 * The ways to a gateway through a client's pod, the better first. Istio's proxy runs as the user whose connections its
 * sidecar does not capture; through the client's own container, a sidecar accepts every connection itself, so that only
 * an answer proves something. https://istio.io/latest/docs/ops/deployment/application-requirements/#pod-requirements
 */
export function relaysOf(cluster: KubeClient, { namespace, pod, container, sidecar }: ClientPod): PodRelay[] {
  const through = (name: string, captured: boolean): PodRelay => {
    const at: Container = { namespace, pod, container: name };
    return relay(`${namespace}/${pod}`, (...command) => cluster.stream(at, ...command), captured);
  };
  return [...(sidecar ? [through("istio-proxy", false)] : []), through(container, sidecar)];
}

/** A way to a gateway through what `start` starts commands in. */
export function relay(pod: string, start: StartCommand, captured = false): PodRelay {
  const made: PodRelay = {
    pod,
    ran: false,
    timeout,
    open: ({ address, port }) => {
      const known = isIP(address) > 0 || rfc1123Subdomain.test(address);
      if (!known) throw new Error(`${JSON.stringify(address)} is neither an address nor a name`);
      const command = ["sh", "-c", script, "relay", address, String(port)];
      return connection((...streams) => {
        const running = start(command, ...streams);
        running.result.then(
          ({ code }) => (made.ran ||= code !== noProgram),
          () => undefined,
        );
        return running;
      }, captured);
    },
  };
  return made;
}

/** The connection of a command: it emits `connect` at the command's first line. */
function connection(
  start: (stdin: Readable, output: Writable) => RunningCommand,
  captured: boolean,
): GatewayConnection {
  const input = new PassThrough();
  let state: keyof typeof header | undefined;
  let first = Buffer.alloc(0);
  let received = false;
  const deliver = (chunk: Buffer): void => {
    if (chunk.length === 0) return;
    received = true;
    stream.push(chunk);
  };
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      done();
      if (state !== undefined) return deliver(chunk);
      first = Buffer.concat([first, chunk]);
      const end = first.indexOf("\n");
      if (end < 0) return;
      state = first.subarray(0, end).toString() === header.open ? "open" : "unknown";
      stream.emit("connect");
      deliver(first.subarray(end + 1));
    },
  });
  const stream: GatewayConnection = new Duplex({
    // As a TCP connection: the other side's end is the end.
    allowHalfOpen: false,
    read: () => undefined,
    write: (chunk: Buffer, encoding, done) => void input.write(chunk, encoding, done),
    final: (done) => void input.end(done),
    destroy: (error, done) => {
      input.end();
      running.close();
      done(error);
    },
  });
  const end = (code: number | undefined, why: string): void => {
    // An error after `connect` says nothing that the end does not.
    if (state === undefined) return void stream.destroy(new Error(why));
    if (!received && (captured || (state === "unknown" && code !== 0))) stream.neverOpen = why;
    stream.push(null);
  };
  const running = start(input, output);
  running.result.then(
    ({ code }) => end(code, code === noProgram ? "the container has neither bash nor nc" : "no connection"),
    (error: unknown) => end(undefined, errorLine(error)),
  );
  return stream;
}

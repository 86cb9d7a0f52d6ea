import { PassThrough, type Readable, type Writable } from "node:stream";
import {
  BatchV1Api,
  CoreV1Api,
  CustomObjectsApi,
  Exec,
  KubeConfig,
  type V1Pod,
  type V1Status,
} from "@kubernetes/client-node";

/** One container to run a command in. */
export interface Container {
  namespace: string;
  pod: string;
  container: string;
}

/** What a command printed, and how it ended. */
export interface Ran {
  /** Bytes as latin1, so that binary output survives. */
  stdout: string;
  stderr: string;
  /** Exit code; 0 is success. */
  code: number;
}

/** How long a cluster may take for one answer, in milliseconds, before it counts as unreachable. */
const patience = 10_000;

/** A cluster did not answer in time. */
export class NoAnswer extends Error {}

/** A cluster as its kubeconfig reaches it. Everything here only reads, except `exec` and the probe pod. */
export class Cluster {
  private readonly config = new KubeConfig();

  /** @param context of the kubeconfig; default its current one */
  constructor(kubeconfig: string, context?: string) {
    this.config.loadFromString(kubeconfig);
    if (context) this.config.setCurrentContext(context);
  }

  get core(): CoreV1Api {
    return this.config.makeApiClient(CoreV1Api);
  }

  get batch(): BatchV1Api {
    return this.config.makeApiClient(BatchV1Api);
  }

  /** URL of the API server. */
  get server(): string {
    return this.config.getCurrentCluster()?.server ?? "an unknown server";
  }

  /** Pods of a namespace with these labels. */
  async pods(namespace: string, labels: Record<string, string>): Promise<V1Pod[]> {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    return (await this.inTime(this.core.listNamespacedPod({ namespace, labelSelector }))).items;
  }

  /** Objects of one of Istio's kinds, of one namespace or all; none where the kind is not installed. */
  async istio(group: "networking" | "security", plural: string, namespace?: string): Promise<IstioObject[]> {
    const api = this.config.makeApiClient(CustomObjectsApi);
    const kind = { group: `${group}.istio.io`, version: "v1", plural };
    try {
      const list = (await this.inTime(
        namespace ? api.listNamespacedCustomObject({ ...kind, namespace }) : api.listClusterCustomObject(kind),
      )) as { items: IstioObject[] };
      return list.items;
    } catch (error) {
      if (((error as Error).cause as { code?: number } | undefined)?.code === 404) return [];
      throw error;
    }
  }

  /** Runs a command in a container. Rejects when it cannot be started; a failing command is an answer, not an error. */
  async exec({ namespace, pod, container }: Container, command: string[], stdin?: Readable): Promise<Ran> {
    const [stdout, stderr] = [collector(), collector()];
    let close = (): void => undefined;
    const running = new Promise<V1Status>((resolve, reject) => {
      new Exec(this.config)
        .exec(namespace, pod, container, command, stdout.stream, stderr.stream, stdin ?? null, false, resolve)
        .then((socket) => {
          close = () => socket.close?.();
          socket.on?.("error", reject);
          socket.on?.("close", () => setTimeout(() => reject(new Error("the connection to the pod ended early")), 100));
        }, reject);
    });
    try {
      const status = await this.inTime(running);
      const cause = status.details?.causes?.find((c) => c.reason === "ExitCode")?.message;
      if (status.status !== "Success" && cause === undefined)
        throw new Error(status.message ?? "the command could not be started");
      return { stdout: stdout.text(), stderr: stderr.text(), code: status.status === "Success" ? 0 : Number(cause) };
    } finally {
      close();
    }
  }

  /** An answer in time, or an error that says which cluster gave none. */
  async inTime<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>(
      (_, reject) =>
        (timer = setTimeout(
          () => reject(new NoAnswer(`${this.server} does not answer within ${patience / 1000} s`)),
          patience,
        )),
    );
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      throw new Error(shortly(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An object of one of Istio's kinds, as far as it is read here. */
export interface IstioObject {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
  spec: Record<string, any>;
}

export function isReady(pod: V1Pod): boolean {
  return (
    !pod.metadata?.deletionTimestamp &&
    (pod.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") ?? false)
  );
}

/** The first line of what went wrong, without the client library's dump of headers and body. */
export function shortly(error: unknown): string {
  const { body, code, message, cause } = error as {
    body?: unknown;
    code?: unknown;
    message?: string;
    cause?: { code?: string; message?: string };
  };
  if (typeof body === "string") {
    try {
      return `${String(code)}: ${(JSON.parse(body) as { message: string }).message}`;
    } catch {
      // Not the API server's own answer.
    }
  }
  const reason = cause?.code ?? cause?.message;
  return `${String(message ?? error).split("\n")[0]!}${reason && !message?.includes(reason) ? ` (${reason})` : ""}`;
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString("latin1") };
}

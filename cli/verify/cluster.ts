import { PassThrough, type Writable } from "node:stream";
import { CoreV1Api, Exec, KubeConfig, type V1Status } from "@kubernetes/client-node";

/** One container to run a command in. */
export interface Container {
  namespace: string;
  pod: string;
  container: string;
}

/** What a command printed, and how it ended. */
export interface Ran {
  stdout: string;
  stderr: string;
  /** Exit code; 0 is success. */
  code: number;
}

/** A cluster as its kubeconfig reaches it: pods, and commands inside them. */
export class Cluster {
  private readonly config = new KubeConfig();

  constructor(kubeconfig: string) {
    this.config.loadFromString(kubeconfig);
  }

  /** Name of a ready pod with that label. Throws when there is none. */
  async readyPod(namespace: string, app: string): Promise<string> {
    const pods = await this.config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector: `app=${app}` });
    const ready = pods.items.find((p) => !p.metadata?.deletionTimestamp && p.status?.conditions?.some((c) => c.type === "Ready" && c.status === "True"));
    if (!ready?.metadata?.name) throw new Error(`no ready pod with label app=${app} in namespace ${namespace} (${pods.items.length} that are not ready)`);
    return ready.metadata.name;
  }

  /** Runs a command in a container. Rejects when it cannot be started; a failing command is an answer, not an error. */
  async exec({ namespace, pod, container }: Container, command: string[]): Promise<Ran> {
    const [stdout, stderr] = [collector(), collector()];
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(this.config).exec(namespace, pod, container, command, stdout.stream, stderr.stream, null, false, resolve).then((socket) => socket.on?.("error", reject), reject);
    });
    const code = status.status === "Success" ? 0 : Number(status.details?.causes?.find((c) => c.reason === "ExitCode")?.message ?? 1);
    return { stdout: stdout.text(), stderr: stderr.text(), code };
  }
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

import type { Readable, Writable } from "node:stream";
import { readAccess, type Access } from "./access.ts";
import { ApiError, errorLine, TimeoutError } from "./errors.ts";
import { execInContainer, type CommandResult, type Container, type RunningCommand } from "./exec.ts";
import type { ConfigMap, IstioGroup, IstioObject, KubeObject, Pod, Service } from "./objects.ts";
import { everyPage, pageSize, type Page } from "./pages.ts";
import { pathSegment, send, type ApiRequest } from "./request.ts";

/** Which objects of a kind to list. */
export interface ListOptions {
  labels?: Record<string, string>;
  /** Values of fields that the objects have. */
  fields?: Record<string, string>;
  /** Number of objects at most; default: all, in pages. */
  limit?: number;
}

/**
 * Media type of an answer with the metadata of objects alone.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
 */
const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/**
 * The client for one API server, its pods and their proxies. It only reads, except for `exec` and Jobs.
 *
 * Every call ends within the timeout: with an object, an {@link ApiError}, a {@link TimeoutError}, or an error whose
 * message is one line.
 */
export class KubeClient {
  private readonly access: Access;
  private readonly timeout: number;

  /**
   * @param context of the kubeconfig; default its current one
   * @param timeout milliseconds that the cluster may take for one answer; default 10 s
   */
  constructor(kubeconfig: string, context?: string, timeout = 10_000) {
    this.access = readAccess(kubeconfig, context);
    this.timeout = timeout;
  }

  /** URL of the API server. */
  get server(): string {
    return this.access.server;
  }

  /** An object by its path; undefined where there is none. */
  async get<T extends KubeObject>(path: string): Promise<T | undefined> {
    return unlessNotFound(this.send<T>({ path }));
  }

  /** Pods of a namespace, or of all. */
  async pods(namespace?: string, options: ListOptions = {}): Promise<Pod[]> {
    return this.list("/api/v1", "pods", namespace, options);
  }

  /** A ConfigMap; undefined where there is none. */
  async configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.get(`/api/v1/namespaces/${pathSegment(namespace)}/configmaps/${pathSegment(name)}`);
  }

  /** A Service; undefined where there is none. */
  async service(namespace: string, name: string): Promise<Service | undefined> {
    return this.get(`/api/v1/namespaces/${pathSegment(namespace)}/services/${pathSegment(name)}`);
  }

  /** Services of a namespace, or of all. */
  async services(namespace?: string, options: ListOptions = {}): Promise<Service[]> {
    return this.list("/api/v1", "services", namespace, options);
  }

  /** Secrets of all namespaces, without their data. */
  async secretMetadata(options: ListOptions = {}): Promise<KubeObject[]> {
    return this.list("/api/v1", "secrets", undefined, options, metadataOnly);
  }

  /** Objects of one of Istio's kinds, of one namespace or all; none where the kind is not installed. */
  async istio(group: IstioGroup, plural: string, namespace?: string): Promise<IstioObject[]> {
    const listed = this.list<IstioObject>(`/apis/${group}.istio.io/v1`, plural, namespace);
    return (await unlessNotFound(listed)) ?? [];
  }

  /** Objects of a custom kind of all namespaces, by the path of its version; undefined where it is not installed. */
  async custom(version: string, plural: string): Promise<IstioObject[] | undefined> {
    return unlessNotFound(this.list<IstioObject>(`/apis/${version}`, plural, undefined));
  }

  /** Creates a Job. */
  async createJob(namespace: string, job: object): Promise<void> {
    await this.send({
      method: "POST",
      path: `/apis/batch/v1/namespaces/${pathSegment(namespace)}/jobs`,
      body: job,
    });
  }

  /** Deletes a Job and its pods, without a grace period. */
  async deleteJob(namespace: string, name: string): Promise<void> {
    const query = "propagationPolicy=Background&gracePeriodSeconds=0";
    const job = `/namespaces/${pathSegment(namespace)}/jobs/${pathSegment(name)}`;
    await this.send({ method: "DELETE", path: `/apis/batch/v1${job}?${query}` });
  }

  /** Runs a command in a container. Rejects when it cannot be started; a failing command is an answer, not an error. */
  async exec(container: Container, command: string[], stdin?: Readable): Promise<CommandResult> {
    const running = execInContainer(this.access, container, command, stdin);
    return this.inTime(running.result).finally(running.close);
  }

  /** Runs a command whose input and output are streams. It has no time limit: `close` ends the connection to it. */
  stream(container: Container, command: string[], stdin: Readable, output: Writable): RunningCommand {
    return execInContainer(this.access, container, command, stdin, output);
  }

  /**
   * Objects of a kind, of a namespace or all: with a limit that many at most, otherwise all of them, in pages.
   * @param api path of the version of its API
   */
  async list<T extends KubeObject>(
    api: string,
    plural: string,
    namespace: string | undefined,
    { labels = {}, fields = {}, limit }: ListOptions = {},
    accept?: string,
  ): Promise<T[]> {
    const query = new URLSearchParams();
    // No label has another character, which could act as an operator of the selector.
    if (
      Object.entries(labels)
        .flat()
        .some((text) => /[^-._/A-Za-z0-9]/.test(text))
    )
      return [];
    const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    if (selector.length > 0) query.set("labelSelector", selector.join(","));
    const terms = Object.entries(fields).map(([key, value]) => `${key}=${value.replace(/[\\,=]/g, "\\$&")}`);
    if (terms.length > 0) query.set("fieldSelector", terms.join(","));
    query.set("limit", String(limit ?? pageSize));
    const within = namespace ? `/namespaces/${pathSegment(namespace)}` : "";
    const page = (token?: string): Promise<Page<T>> => {
      const path = `${api}${within}/${plural}?${query}${token ? `&continue=${encodeURIComponent(token)}` : ""}`;
      return this.send<Page<T>>({ path, ...(accept ? { accept } : {}) });
    };
    return limit === undefined ? everyPage(page) : ((await page()).items ?? []);
  }

  private send<T>(request: ApiRequest): Promise<T> {
    const abort = new AbortController();
    return this.inTime(send<T>(this.access, request, abort.signal), () => abort.abort());
  }

  private async inTime<T>(answer: Promise<T>, onTimeout: () => void = () => undefined): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new TimeoutError(`${this.server} does not answer within ${this.timeout / 1000} s`);
      timer = setTimeout(() => (reject(error), onTimeout()), this.timeout);
    });
    // What fails after the timeout is not reported.
    answer.catch(() => undefined);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (error instanceof ApiError || error instanceof TimeoutError) throw error;
      throw new Error(errorLine(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}

async function unlessNotFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

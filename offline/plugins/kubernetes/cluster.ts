import type { Engine } from "../shared/engine.ts";
import type { Autonaming, CheckFailure, CreateResult, DiffResult, ResourceRequest } from "../shared/plugin.ts";
import type { Values } from "../shared/values.ts";

/** What a provider was configured with, beside the cluster itself. Defaults: all `false`/`undefined`. */
export interface Options {
  /** Let a `Secret`'s data change in place instead of replacing it. */
  enableSecretMutable: boolean;
  /** The same for a `ConfigMap`'s data. */
  enableConfigMapMutable: boolean;
  /** Drop resources from state when their cluster does not answer. */
  deleteUnreachable: boolean;
  /** Leave resources as they are when their cluster does not answer. */
  skipUpdateUnreachable: boolean;
  /** Take over existing objects on create instead of refusing to. */
  upsertExistingObjects: boolean;
  /** Win every conflict of server-side apply. */
  enablePatchForce: boolean;
  /** Do not show the API server's warnings of versions of kinds that will go. */
  suppressDeprecationWarnings: boolean;
  /** Variables by which the helm program honours `helmReleaseSettings`; without, it goes by its own environment. */
  helmEnvironment: Record<string, string>;
}

export interface HttpOptions {
  /** Sent as JSON unless it is a string already. */
  body?: unknown;
  /** Default: `application/json`. */
  contentType?: string;
  query?: Record<string, string | undefined>;
  signal?: AbortSignal;
}

/** What a cluster knows of one kind. */
export interface ResourceKind {
  group: string;
  version: string;
  kind: string;
  /** Plural by which paths name it, e.g. `deployments`. */
  plural: string;
  namespaced: boolean;
  /** Path of one object, or of the collection if `name` is left out. `namespace` is ignored for cluster-wide kinds. */
  path(namespace: string | undefined, name?: string): string;
}

/** A Kubernetes API server, as far as this plugin talks to one. */
export interface Cluster {
  /** The kubeconfig as text, for tools that want a file. Holds credentials. */
  kubeconfigText: string;
  /** Context chosen by the provider; default: the kubeconfig's current one. */
  context?: string;
  /** Address of the API server, for messages. */
  server: string;
  /** Default namespace of objects that name none: the provider's, else the context's, else `default`. */
  namespace: string;
  options: Options;
  /**
   * One HTTP exchange. Answers whatever the status is; `body` is parsed JSON (text when it is not JSON), `warnings`
   * what the server says besides (deprecated versions, unknown fields).
   * @throws Unreachable when the server cannot be talked to
   */
  request(
    method: string,
    path: string,
    options?: HttpOptions,
  ): Promise<{ status: number; body: any; warnings?: string[] }>;
  /** The kind, or `undefined` when the cluster does not serve it. Cached; asked anew on a miss. */
  resourceOf(apiVersion: string, kind: string): Promise<ResourceKind | undefined>;
  /** E.g. `v1.34.4`. */
  serverVersion(): Promise<string>;
  /** What charts see as `.Capabilities.APIVersions`: `v1`, `apps/v1`, `apps/v1/Deployment`, ... */
  apiVersions(): Promise<string[]>;
}

/** The API server does not answer. */
export class Unreachable extends Error {}

/** What every request to a resource of this plugin carries beside the protocol's own fields. */
export interface Context {
  cluster: Cluster;
  engine: Engine;
}

/** How one family of resources is handled; the methods are those of the protocol. */
export interface ResourceHandler {
  check(
    request: ResourceRequest &
      Context & { olds: Values; news: Values; randomSeed: Uint8Array; autonaming?: Autonaming },
  ): Promise<{ inputs: Values; failures?: CheckFailure[] }>;
  diff(
    request: ResourceRequest &
      Context & { id: string; olds: Values; oldInputs: Values; news: Values; ignoreChanges: string[] },
  ): Promise<DiffResult>;
  create(
    request: ResourceRequest & Context & { properties: Values; timeout: number; preview: boolean },
  ): Promise<CreateResult>;
  read(
    request: ResourceRequest & Context & { id: string; properties: Values; inputs: Values },
  ): Promise<{ id: string; properties: Values; inputs: Values } | undefined>;
  update(
    request: ResourceRequest &
      Context & {
        id: string;
        olds: Values;
        oldInputs: Values;
        news: Values;
        timeout: number;
        ignoreChanges: string[];
        preview: boolean;
      },
  ): Promise<{ properties: Values }>;
  delete(
    request: ResourceRequest & Context & { id: string; properties: Values; oldInputs: Values; timeout: number },
  ): Promise<void>;
}

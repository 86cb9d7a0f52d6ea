import { revisioned } from "../federation/cluster/revisions.ts";
import type { IstioObjects } from "../federation/trust/existingIstio.ts";
import { errorLine } from "./errors.ts";
import { KubeClient } from "./kubeClient.ts";
import type { KubeObject } from "./objects.ts";
import { pathSegment } from "./request.ts";
import { retry } from "./retry.ts";

/** Milliseconds that the API server may take for one answer: a preview waits for it. */
const timeout = 5_000;

/** Where an Istio is. */
export interface IstioPlace {
  namespace: string;
  /** Of the control plane; undefined for the default one. */
  revision?: string | undefined;
}

/** What was read. A part that cannot be read is a problem, not an error. */
export interface ReadIstio {
  objects: IstioObjects;
  /** Objects that cannot be read, do not exist, or lack what is read of them, with the reason. */
  unread: { object: string; reason: string }[];
}

/** What to read of an Istio. */
export interface IstioParts {
  /** Its bundle of roots. */
  roots: boolean;
  /** Its mesh configuration. */
  mesh: boolean;
  /** Istiod's variables. */
  env: boolean;
}

interface Deployment extends KubeObject {
  spec?: { template?: { spec?: { containers?: { name: string; env?: { name: string; value?: string }[] }[] } } };
}

/** Reads parts of an existing Istio. Only reads, and never rejects for what a cluster does. */
export async function readExistingIstio(
  kubeconfig: string,
  context: string | undefined,
  { namespace, revision }: IstioPlace,
  parts: IstioParts,
): Promise<ReadIstio> {
  const client = new KubeClient(kubeconfig, context, timeout);
  const unread: ReadIstio["unread"] = [];
  const read = async <T, R>(object: string, ask: () => Promise<T | undefined>, take: (found: T) => R | undefined) => {
    try {
      const found = await retry(ask);
      const part = found === undefined ? undefined : take(found);
      if (part !== undefined) return part;
      unread.push({ object, reason: found === undefined ? "it does not exist" : "it lacks the field that is read" });
    } catch (error) {
      unread.push({ object, reason: errorLine(error) });
    }
    return undefined;
  };
  const configMap = (name: string, field: string) =>
    read(
      `ConfigMap ${namespace}/${name}`,
      () => client.configMap(namespace, name),
      ({ data }) => data?.[field],
    );
  const deployment = revisioned("istiod", revision);
  const [rootCert, mesh, env] = await Promise.all([
    parts.roots ? configMap("istio-ca-root-cert", "root-cert.pem") : undefined,
    parts.mesh ? configMap(revisioned("istio", revision), "mesh") : undefined,
    parts.env
      ? read(
          `Deployment ${namespace}/${deployment}`,
          () => client.get<Deployment>(`/apis/apps/v1/namespaces/${pathSegment(namespace)}/deployments/${deployment}`),
          envOf,
        )
      : undefined,
  ]);
  return { objects: { rootCert, mesh, env }, unread };
}

/** Variables of istiod. Only the container `discovery` reads them. */
function envOf({ spec }: Deployment): Record<string, string | undefined> {
  const containers = spec?.template?.spec?.containers ?? [];
  const istiod = containers.find(({ name }) => name === "discovery") ?? containers[0];
  return Object.fromEntries((istiod?.env ?? []).map(({ name, value }) => [name, value]));
}

import { handMadeKinds, type HandMade, type HandMadeKind, type HandMadeObject } from "../federation/adopt/handMade.ts";
import { inParallel } from "./inParallel.ts";
import type { KubeClient } from "./kubeClient.ts";
import { livePod, liveService } from "./liveObjects.ts";
import { isLiving, type IstioObject, type Pod } from "./objects.ts";
import { Reader } from "./reader.ts";

/** Number of requests at a time. */
const concurrency = 4;

/** Reads what a federation by hand consists of. Only reads. Rejects where the cluster cannot be reached. */
export async function readHandMade(client: KubeClient): Promise<HandMade> {
  const reader = new Reader();
  const objects = await inParallel([...handMadeKinds], concurrency, (kind) =>
    reader.read(`${kind.plural} of ${kind.group}`, () => objectsOf(client, kind), []),
  );
  const services = await reader.read("Services", () => client.services(), []);
  const pods = await reader.read("pods", () => client.pods(), []);
  return {
    objects: objects.flat(),
    services: services.map(liveService),
    pods: pods.filter(isLiving).map(podOf),
    unread: reader.unread,
  };
}

/** The objects of a kind, in the first of its versions that the API server has. */
async function objectsOf(client: KubeClient, { group, versions, kind, plural }: HandMadeKind) {
  for (const version of versions) {
    const apiVersion = `${group}/${version}`;
    const found = await client.custom(apiVersion, plural);
    if (found) return found.map((object) => objectOf(object, apiVersion, kind));
  }
  return [];
}

function objectOf({ metadata, spec = {} }: IstioObject, apiVersion: string, kind: string): HandMadeObject {
  const { name, namespace, labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const [owner] = ownerReferences;
  return {
    ...{ apiVersion, kind, namespace, name, labels, annotations, spec },
    ...(owner ? { owner: `${owner.kind}/${owner.name}` } : {}),
  };
}

function podOf(pod: Pod): HandMade["pods"][number] {
  const { name, namespace, labels = {} } = pod.metadata;
  const account = pod.spec?.serviceAccountName ?? "default";
  return { name, namespace, labels, account, proxy: livePod(pod).proxy };
}

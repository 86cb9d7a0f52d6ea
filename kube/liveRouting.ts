import type { EgressListener, LiveSidecar } from "../federation/checks/liveCluster.ts";
import { isMapping } from "../federation/config/values.ts";
import { fullHost } from "../federation/objects/names.ts";
import type { IstioObject } from "./objects.ts";

/** What a Sidecar says about egress. */
export function liveSidecar({ metadata, spec = {} }: IstioObject): LiveSidecar {
  const labels = spec["workloadSelector"]?.labels as Record<string, string> | undefined;
  const egress = (spec["egress"] ?? []) as { port?: { number?: number; protocol?: string }; hosts?: string[] }[];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    created: metadata.creationTimestamp ?? "",
    ...(labels && Object.keys(labels).length > 0 ? { selector: labels } : {}),
    egress: egress.map(({ port, hosts }): EgressListener => ({
      ...(port?.number ? { port: port.number } : {}),
      isProxy: port?.protocol?.toUpperCase() === "HTTP_PROXY",
      hosts: hosts ?? [],
    })),
  };
}

/** Hosts to which VirtualServices send requests, or copies of them. */
export function routedHosts(services: readonly IstioObject[], clusterDomain: string): string[] {
  const hosts = services.flatMap(({ metadata, spec = {} }) =>
    destinationsIn(spec).map((host) => fullHost(host, metadata.namespace, clusterDomain)),
  );
  return [...new Set(hosts)].sort();
}

/** Hosts in every field `destination` or `mirror`, at any depth. */
function destinationsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(destinationsIn);
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const host = (key === "destination" || key === "mirror") && isMapping(part) ? part["host"] : undefined;
    return typeof host === "string" ? [host] : destinationsIn(part);
  });
}

import { matches, takesHost, withoutNamespace } from "../checks/liveCluster.ts";
import { defaultClusterDomain } from "../config/defaults.ts";
import { supportedIstioMinors, minorOf } from "../config/versions.ts";
import { serviceHost } from "../objects/names.ts";
import { textsOf } from "./endpoints.ts";
import { isAutoPassthrough, serversOf } from "./gateways.ts";
import { ofKind, type HandMade } from "./handMade.ts";
import type { GatewayFacts, MeshFacts } from "./meshFacts.ts";
import { meshKeys, proposedExport, type ClusterAccess } from "./proposal.ts";

/** A mesh as `init` reads it. */
export interface ReadMesh {
  /** Name of its stack. */
  name: string;
  access: ClusterAccess;
  facts: MeshFacts;
  gateway: GatewayFacts | undefined;
  found: HandMade;
}

/** What no cluster says: which service one mesh offers, and who calls it in the other. */
export interface FirstImport {
  /** `namespace/name` of the Service. */
  service: string;
  /** Namespace of the callers. */
  callers: string;
}

/** A value that a command needs, and that nothing says. */
export interface MissingAnswer {
  subject: string;
  problem: string;
  remedy: string;
}

/** What keeps stack files from being written. */
export function missingAnswers(
  exporter: ReadMesh,
  importer: ReadMesh,
  { service, callers }: Partial<FirstImport>,
): MissingAnswer[] {
  const missing: MissingAnswer[] = [];
  const offered = offeredServices(exporter);
  if (!service || !offered.includes(service))
    missing.push({
      subject: "--service",
      problem: service ? `mesh "${exporter.name}" has no Service ${service} with pods` : "nothing says what to export",
      remedy: `Name a Service of mesh "${exporter.name}" as namespace/name, such as ${listed(offered)}`,
    });
  if (!callers)
    missing.push({
      subject: "--callers",
      problem: `nothing says who calls it in mesh "${importer.name}"`,
      remedy: `Name a namespace with sidecars, such as ${listed(callingNamespaces(importer))}`,
    });
  for (const { name, facts } of [exporter, importer])
    if (!facts.version || !minorOf(facts.version.value))
      missing.push({
        subject: `Istio of mesh "${name}"`,
        problem: facts.version
          ? `its version ${facts.version.value} is of no supported minor (${supportedIstioMinors.join(", ")})`
          : "its version cannot be read",
        remedy: "Let the user of the kubeconfig list Deployments, or write the stack file by hand (README.md)",
      });
  return missing;
}

/** The Services of a mesh whose pods have sidecars: those that another mesh can call. `namespace/name`, sorted. */
export function offeredServices({ found, facts }: ReadMesh): string[] {
  const istio = facts.istioNamespace?.value;
  return found.services
    .filter(({ namespace, selector }) => {
      if (namespace === istio || Object.keys(selector).length === 0) return false;
      return found.pods.some((p) => p.namespace === namespace && p.proxy === "sidecar" && matches(selector, p.labels));
    })
    .map(({ namespace, name }) => `${namespace}/${name}`)
    .sort();
}

/** The namespaces of a mesh whose pods can call another mesh, sorted. */
export function callingNamespaces({ found, facts }: ReadMesh): string[] {
  const namespaces = found.pods.filter(({ proxy }) => proxy === "sidecar").map(({ namespace }) => namespace);
  return [...new Set(namespaces)].filter((name) => name !== facts.istioNamespace?.value).sort();
}

/**
 * The configuration of two stacks, by name and without the prefix of their keys: one exports a Service, and the other
 * imports it.
 */
export function initialStacks(exporter: ReadMesh, importer: ReadMesh, { service, callers }: FirstImport) {
  const { host, entry } = firstExport(exporter, service);
  return {
    [exporter.name]: {
      ...ownKeys(exporter),
      gateway: gatewayKey(exporter, host),
      exports: [{ ...entry, to: [importer.name] }],
    },
    [importer.name]: {
      ...ownKeys(importer),
      imports: [{ name: entry["name"], from: exporter.name, visibleTo: [callers] }],
    },
  };
}

/** The first export, without the meshes that may import it, and its host. `service`: one of those that it offers. */
export function firstExport({ facts, found }: ReadMesh, service: string) {
  const [namespace, name] = service.split("/") as [string, string];
  const clusterDomain = facts.clusterDomain?.value ?? defaultClusterDomain;
  const host = serviceHost(name, namespace, clusterDomain);
  return { host, entry: proposedExport(host, { found, clusterDomain }, new Set()).entry! };
}

/** What a mesh is, as keys of a stack file. */
export function ownKeys(read: ReadMesh) {
  const keys = meshKeys({ mesh: read.name, facts: read.facts, access: read.access });
  // An Istio that says nothing of a network has none.
  return { ...keys, mesh: { network: "", ...keys.mesh } };
}

/**
 * The gateway of the first export: an existing one, unless a Gateway object on its pods takes the host already, because
 * of which the preview would refuse the export.
 */
export function gatewayKey({ gateway, found }: ReadMesh, host: string): FirstGateway {
  const isTaken = ofKind(found.objects, "Gateway").some(
    (object) =>
      matches(textsOf(object.spec["selector"]), gateway?.labels ?? {}) &&
      serversOf(object).some((s) => isAutoPassthrough(s) && s.hosts.some((h) => takesHost(withoutNamespace(h), host))),
  );
  if (!gateway || isTaken) return { provider: "managed" };
  const { namespace, labels, addresses, port } = gateway;
  return { provider: "existing", namespace, labels, addresses, port };
}

/** The gateway of the first export, as a key of a stack file. */
export type FirstGateway = { provider: "managed" } | ({ provider: "existing" } & Omit<GatewayFacts, "from">);

/** A name for a mesh, made of the name of a context, such as `arn:aws:eks:eu-west-1:1:cluster/west`. */
export function meshNameOf(context: string): string {
  const last = context.split(/[/:@]/).at(-1)!.toLowerCase();
  const name = last.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return name.slice(0, 40).replace(/-+$/, "") || "mesh";
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? "(none was found)" : names.slice(0, 10).join(", ");
}

import { withoutNamespace } from "../checks/liveCluster.ts";
import { listOf, mappingOf } from "../config/values.ts";
import { isManaged } from "../objects/labels.ts";
import { fullHost } from "../objects/names.ts";
import { remoteEntry, remoteEndpointsOf, selectedEntries, textOf, type RemoteRule } from "./endpoints.ts";
import { foundImport, type FoundImport } from "./foundImports.ts";
import { groupOf, ofKind, serviceMesh2, type HandMade, type HandMadeObject } from "./handMade.ts";
import { isAutoPassthrough, serversOf } from "./gateways.ts";
import { relatedObjects } from "./related.ts";

/** What an adopted object does in a federation. */
export type Role = "import" | "export" | "gateway" | "rule" | "route" | "policy";

/** An object that a project registers as it is. */
export interface AdoptedObject {
  object: HandMadeObject;
  role: Role;
}

/** An object that has to do with the federation, and stays as it is outside of every project. */
export interface LeftObject {
  object: HandMadeObject;
  reason: string;
}

/** A federation by hand, as one mesh has it. */
export interface Adoption {
  objects: AdoptedObject[];
  imports: FoundImport[];
  /** Hosts that Gateways name exactly. */
  exported: string[];
  left: LeftObject[];
}

/** What of the mesh decides how its objects are read. */
export interface AdoptSettings extends RemoteRule {
  clusterDomain: string;
}

const kubernetesGateways = "gateway.networking.k8s.io";

/** Finds the objects of a federation that was made by hand. Objects of this project, and of controllers, stay out. */
export function classify(found: HandMade, settings: AdoptSettings): Adoption {
  const objects = found.objects.filter(({ labels }) => !isManaged({ labels }));
  const chosen = new Map<HandMadeObject, Role>();
  const imports: FoundImport[] = [];
  const gateways = ofKind(objects, "Gateway").filter((gateway) => serversOf(gateway).some(isAutoPassthrough));
  for (const gateway of gateways) chosen.set(gateway, "gateway");
  for (const gateway of ofKind(objects, "Gateway", kubernetesGateways).filter(isCrossNetwork))
    chosen.set(gateway, "gateway");
  for (const object of objects.filter((o) => groupOf(o) === serviceMesh2))
    chosen.set(object, object.kind === "ExportedServiceSet" ? "export" : "import");
  const exported = exactHosts(gateways);
  for (const entry of ofKind(objects, "ServiceEntry")) {
    const endpoints = remoteEndpointsOf(entry, objects, settings);
    if (endpoints.length > 0) {
      chosen.set(entry, "import");
      for (const member of selectedEntries(entry, objects)) chosen.set(member, "import");
      imports.push(foundImport(entry, hostsOf(entry, settings), endpoints, objects, settings));
    } else if (hostsOf(entry, settings).some((host) => exported.includes(host))) chosen.set(entry, "export");
  }
  // What no ServiceEntry selects joins a Service of its namespace.
  for (const entry of ofKind(objects, "WorkloadEntry"))
    if (!chosen.has(entry) && remoteEntry(entry, settings).length > 0) chosen.set(entry, "import");
  const hosts = imports.flatMap((i) => i.hosts);
  const related = relatedObjects(found, objects, { imported: hosts, exported }, settings.clusterDomain);
  for (const { object, role } of related.adopted) if (!chosen.has(object)) chosen.set(object, role);
  const owned = [...chosen].filter(([{ owner }]) => owner !== undefined);
  return {
    objects: [...chosen].flatMap(([object, role]) => (object.owner === undefined ? [{ object, role }] : [])),
    imports,
    exported,
    left: [...owned.map(([object]) => ({ object, reason: `${object.owner} makes it` })), ...related.left],
  };
}

/** The hosts of a ServiceEntry in full. */
function hostsOf({ spec, namespace }: HandMadeObject, { clusterDomain }: AdoptSettings): string[] {
  return listOf(spec["hosts"]).flatMap((host) =>
    typeof host === "string" ? [fullHost(host, namespace, clusterDomain)] : [],
  );
}

/** The hosts without a wildcard that servers of mode AUTO_PASSTHROUGH have. */
function exactHosts(gateways: readonly HandMadeObject[]): string[] {
  const hosts = gateways.flatMap((gateway) =>
    serversOf(gateway)
      .filter(isAutoPassthrough)
      .flatMap((s) => s.hosts),
  );
  return [...new Set(hosts.map(withoutNamespace).filter((host) => !host.includes("*")))].sort();
}

/**
 * Whether a Gateway of Kubernetes is one between networks: another mesh's, or this mesh's own for them.
 * https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/
 */
function isCrossNetwork({ spec }: HandMadeObject): boolean {
  if (["istio-remote", "istio-east-west"].includes(textOf(spec["gatewayClassName"]))) return true;
  return listOf(spec["listeners"])
    .map((listener) => mappingOf(mappingOf(mappingOf(listener)["tls"])["options"]))
    .some((options) => options["gateway.istio.io/listener-protocol"] === "auto-passthrough");
}

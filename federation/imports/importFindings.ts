import type { ContractExport, FederationContract, ServicePort } from "../contract/contract.ts";
import type { MeshIdentity } from "../checks/peerMismatches.ts";
import { Findings, type Finding } from "../errors/userError.ts";
import { serviceHost } from "../objects/names.ts";
import { isVisibleFrom, type ImportConfig } from "./importConfig.ts";
import { importedPorts } from "./importedPorts.ts";
import { routeFindings } from "./importRoutes.ts";
import type { ResolvedImport } from "./resolveImports.ts";

/** A peer that exports the service of an import, with its export. */
export interface ImportSource {
  contract: FederationContract;
  exported: ContractExport;
}

type Importer = Pick<MeshIdentity, "trustDomain" | "clusterDomain" | "locality">;

/**
 * What keeps an import from working although every peer exports it.
 *
 * @param importer the importing mesh
 */
export function importFindings(
  spec: ImportConfig,
  resolved: ResolvedImport,
  sources: ImportSource[],
  importer: Importer,
): readonly Finding[] {
  const findings = new Findings();
  for (const key of Object.keys(spec.probe))
    if (!resolved.ports.some((p) => p.name === key || String(p.number) === key))
      findings.add("import-probe-port", {
        subject: `import "${spec.name}"`,
        problem: `probe names port "${key}", but its ports are ${portsText(resolved.ports)}`,
        remedy: "Use the name or number of one of these ports as the key",
      });
  findings.addAll(routeFindings(spec.name, resolved.routes ?? {}, resolved.ports));
  if (spec.blend) findings.addAll(blendFindings(resolved, sources, importer));
  return findings.all;
}

function blendFindings(resolved: ResolvedImport, sources: ImportSource[], importer: Importer): readonly Finding[] {
  const subject = `import "${resolved.name}"`;
  const findings = new Findings();
  const { service, namespace, host } = sources[0]!.exported;
  const local = serviceHost(service, namespace, importer.clusterDomain);
  if (host !== local)
    findings.add("blended-import-host", {
      subject,
      problem: `it is blended, but its host "${host}" is not ${local}, the host of the local Service`,
      remedy: `Export it with host ${local}, or import it without blend`,
    });
  for (const { contract } of sources) findings.addAll(blendedPeerFindings(subject, contract, importer));
  const accountOfNamespace = new RegExp(`^spiffe://[^/]+/ns/${namespace}/sa/[^/]+$`);
  for (const san of resolved.subjectAltNames.filter((id) => !accountOfNamespace.test(id)))
    findings.add("blended-import-identity", {
      subject,
      problem:
        `it is blended, but ${san} is not an account of namespace ${namespace}, ` +
        "and an endpoint of a Service can name no other identity",
      remedy: "Import it without blend under another name (as)",
    });
  return findings.all;
}

function blendedPeerFindings(
  subject: string,
  { mesh, gateways }: FederationContract,
  { trustDomain: ownTrustDomain, locality: ownLocality }: Pick<MeshIdentity, "trustDomain" | "locality">,
): readonly Finding[] {
  const findings = new Findings();
  if (mesh.locality === ownLocality)
    findings.add("blended-import-locality", {
      subject,
      problem:
        `it is blended, but mesh "${mesh.name}" publishes this mesh's own locality (${ownLocality}), ` +
        "so Istio would send it a share of the calls instead of failing over",
      remedy:
        "Give the meshes different localities (mesh.locality), or import it without blend under another name (as)",
    });
  const hostName = gateways.find((g) => !/^[\d.]+$|:/.test(g.address))?.address;
  if (hostName)
    findings.add("blended-import-gateway-name", {
      subject,
      problem:
        `it is blended, but the gateway of mesh "${mesh.name}" is the host name ${hostName}, ` +
        "and an endpoint of a Service must be an IP address",
      remedy:
        `Publish IP addresses in mesh "${mesh.name}" (gateway.addresses), ` +
        "or import it without blend under another name (as)",
    });
  if (mesh.trustDomain !== ownTrustDomain)
    findings.add("blended-import-trust-domain", {
      subject,
      problem:
        `it is blended, but mesh "${mesh.name}" has trust domain ${mesh.trustDomain} and this mesh ` +
        `${ownTrustDomain}; Istio expects an identity of the local trust domain from an endpoint of a local Service, ` +
        "so every call would fail",
      remedy: "Import it without blend under another name (as)",
    });
  return findings.all;
}

/** Why the exports of several peers cannot be one import; empty when all have the same hosts and ports. */
export function differencesBetween(spec: ImportConfig, sources: ImportSource[]): readonly Finding[] {
  const findings = new Findings();
  const [first, ...others] = sources;
  for (const other of others) {
    const compare = (what: string, valueOf: (source: ImportSource) => string): void => {
      const [a, b] = [valueOf(first!), valueOf(other)];
      if (a !== b)
        findings.add("import-peers-differ", {
          subject: `import "${spec.name}"`,
          problem:
            `${what} differ between "${first!.contract.mesh.name}" (${a}) ` +
            `and "${other.contract.mesh.name}" (${b})`,
          remedy: "Align the exports, or import them separately under different names (as)",
        });
    };
    compare("hosts", ({ exported }) => exported.host);
    compare("ports", ({ exported }) => portsText(importedPorts(spec, exported)));
  }
  return findings.all;
}

/**
 * Imports with the same host that a namespace sees, or whose objects are in one namespace.
 *
 * A sidecar has one service of a host, of those that its namespace sees, with that service's endpoints. istiod keeps
 * endpoints by host and namespace, so two ServiceEntries of one namespace would share them, whoever sees the entries.
 * https://github.com/istio/istio/blob/release-1.28/pilot/pkg/model/push_context.go (initServiceRegistry)
 * https://github.com/istio/istio/blob/release-1.28/pilot/pkg/model/endpointshards.go (ShardsForService)
 */
export function duplicateHosts(imports: ResolvedImport[]): readonly Finding[] {
  const findings = new Findings();
  const subjectOf = (specs: ResolvedImport[]) => `imports ${specs.map(({ id }) => `"${id}"`).join(" and ")}`;
  for (const [host, same] of Map.groupBy(imports, (spec) => spec.host)) {
    const seen = same.filter((spec) => same.some((other) => other !== spec && shareNamespace(spec, other)));
    if (seen.length > 0)
      findings.add("import-host-duplicate", {
        subject: subjectOf(seen),
        problem: `they have the same host "${host}", and some namespace sees more than one of them`,
        remedy:
          "Import it once from several meshes (from: [...]), make them visible to different namespaces (visibleTo), " +
          "rename one of them (as), or remove one",
      });
    const apart = same.filter((spec) => !seen.includes(spec));
    for (const [namespace, together] of Map.groupBy(apart, (spec) => spec.namespace))
      if (together.length > 1)
        findings.add("import-host-namespace", {
          subject: subjectOf(together),
          problem:
            `they have the same host "${host}" and their objects are all in namespace ${namespace}, ` +
            "where Istio would mix their endpoints",
          remedy: "Give each another namespace of its own (namespace); the default is the first of visibleTo",
        });
  }
  return findings.all;
}

/** Whether workloads of some namespace see both. */
function shareNamespace(a: ResolvedImport, b: ResolvedImport): boolean {
  return b.visibleTo.includes("*") || b.visibleTo.some((namespace) => isVisibleFrom(a, namespace));
}

function portsText(ports: ServicePort[]): string {
  return (
    [...ports]
      .sort((a, b) => a.number - b.number)
      .map((p) => `${p.name} ${p.number}/${p.protocol}`)
      .join(", ") || "none"
  );
}

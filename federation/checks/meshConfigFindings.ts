import { isSelected, visibilityFor, type MeshSettings } from "../cluster/meshSettings.ts";
import type { Finding } from "../errors/userError.ts";
import type { ResolvedImport } from "../imports/resolveImports.ts";
import type { ImportFindings } from "./importedVisibility.ts";
import type { LiveCluster } from "./liveCluster.ts";

/** The namespaces whose labels decide what MeshConfig does to imports. */
export function namespacesInvolved(imports: readonly ResolvedImport[], settings: MeshSettings): string[] {
  if (settings.discoverySelectors.length === 0 && !settings.entryVisibility) return [];
  const names = imports.flatMap(({ namespace, visibleTo }) => [namespace, ...visibleTo]);
  return [...new Set(names)].filter((name) => name !== "*").sort();
}

/**
 * Names the settings of MeshConfig that keep an import from working. The objects of an import say explicitly what most
 * settings are the default of, so that these do not change them: `defaultDestinationRuleExportTo`,
 * `defaultVirtualServiceExportTo`, outlier detection of `defaultTrafficPolicy` where it has a DestinationRule, and
 * `defaultServiceExportTo` unless it is blended. The connection pool of `defaultTrafficPolicy` applies to all imports.
 * `outboundTrafficPolicy` is about hosts that are no services.
 *
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig
 */
export function meshConfigFindings(
  spec: ResolvedImport,
  settings: MeshSettings,
  live: Pick<LiveCluster, "services" | "namespaces">,
): ImportFindings {
  const subject = `import "${spec.name}"`;
  const found: ImportFindings = { problems: [], warnings: [] };
  const ignored = (name: string): boolean => isIgnored(name, settings, live);
  const clients = spec.visibleTo.filter((name) => name !== spec.namespace && ignored(name));
  if (ignored(spec.namespace))
    found.problems.push({
      code: "mesh-config-discovery",
      subject,
      problem: `meshConfig.discoverySelectors select no namespace ${spec.namespace}, so that Istio ignores its objects`,
      remedy: "Label the namespace so that it is selected, or set another namespace of the import",
    });
  if (clients.length > 0)
    found.warnings.push({
      code: "mesh-config-discovery",
      subject,
      problem:
        `meshConfig.discoverySelectors select no namespace ${clients.join(", ")}, ` +
        "so that its proxies get no trust bundle",
      remedy: "Label the namespace so that it is selected, or remove it from visibleTo",
    });
  found[spec.blend ? "warnings" : "problems"].push(...visibilityFindings(spec, settings, live));
  found.problems.push(...needsRuleFindings(spec, settings));
  if (spec.blend && !settings.autoMtls)
    found.problems.push({
      code: "mesh-config-auto-mtls",
      subject,
      problem:
        "it is blended, and meshConfig.enableAutoMtls is off, so that calls reach the peer's gateway as plain text",
      remedy: "Remove enableAutoMtls, or import without blend under another name (as)",
    });
  return found;
}

/** Settings of MeshConfig that break calls of an import without a DestinationRule; only a rule of its own wins. */
export function needsRuleFindings(
  spec: ResolvedImport,
  { autoMtls, ejects }: Pick<MeshSettings, "autoMtls" | "ejects">,
): Finding[] {
  if (spec.hasRule) return [];
  const finding = (problem: string, remove: string): Finding => ({
    code: "mesh-config-needs-rule",
    subject: `import "${spec.name}"`,
    problem: `it has no DestinationRule, and ${problem}`,
    remedy: `Set importRules: always, or ${remove}`,
  });
  const plain = "meshConfig.enableAutoMtls is off, so that calls reach the peer's gateway as plain text";
  const single =
    "meshConfig.defaultTrafficPolicy has outlierDetection, which leaves out the import's only gateway when it fails";
  return [
    ...(autoMtls ? [] : [finding(plain, "remove enableAutoMtls")]),
    ...(ejects ? [finding(single, "switch its detectors off")] : []),
  ];
}

/** Whether Istio does not read a namespace. One that does not exist yet may get the labels. */
function isIgnored(
  name: string,
  { discoverySelectors }: MeshSettings,
  { namespaces }: Pick<LiveCluster, "namespaces">,
): boolean {
  const labels = namespaces?.get(name);
  return (
    discoverySelectors.length > 0 &&
    labels !== undefined &&
    !discoverySelectors.some((selector) => isSelected(selector, labels))
  );
}

/** Settings that hide the import's service from namespaces of `visibleTo`. */
function visibilityFindings(
  spec: ResolvedImport,
  { entryVisibility, serviceExportTo }: MeshSettings,
  { services, namespaces }: Pick<LiveCluster, "services" | "namespaces">,
): Finding[] {
  const subject = `import "${spec.name}"`;
  if (spec.blend) {
    const { service: name } = spec.blend;
    const service = services.find((s) => s.namespace === spec.namespace && s.name === name);
    const isNarrow = serviceExportTo.length > 0 && !serviceExportTo.includes("*");
    if (!service || service.exportTo?.length || !isNarrow) return [];
    return [
      {
        code: "mesh-config-visibility",
        subject,
        problem:
          `meshConfig.defaultServiceExportTo is ${serviceExportTo.join(", ")}, so that other namespaces than ` +
          `${service.namespace} do not see the Service ${service.namespace}/${service.name} that it joins`,
        remedy: "Annotate the Service with networking.istio.io/exportTo",
      },
    ];
  }
  const labels = namespaces?.get(spec.namespace);
  if (!entryVisibility || !labels) return [];
  const visibility = visibilityFor(entryVisibility, labels);
  const hidden = visibility === "NONE" ? spec.visibleTo : spec.visibleTo.filter((name) => name !== spec.namespace);
  if (visibility === "PUBLIC" || hidden.length === 0) return [];
  return [
    {
      code: "mesh-config-visibility",
      subject,
      problem:
        `meshConfig.serviceEntryVisibility is ${visibility} for namespace ${spec.namespace}, so that namespace ` +
        `${hidden.join(", ")} does not see its ServiceEntry`,
      remedy: "Add a policy of visibility PUBLIC for the namespace, or set another namespace of the import",
    },
  ];
}

import { is, metadataOf, type Resource } from "./rule.ts";
import { ifKnown, isUnknown, listOf, objectOf, textOf } from "./values.ts";

/** What istiod's mesh configuration says of trust. */
export interface MeshConfig {
  resource: Resource;
  /** Path of `caCertificates`, or of the text that holds it. */
  field: string;
  /** Text with the certificates that proxies trust besides the mesh's own. */
  certificates: string;
  trustDomain: string | undefined;
}

/**
 * The mesh configuration in a resource, at most one: istiod's ConfigMap, or the values of its chart. A ConfigMap holds
 * YAML as text, of which only certificates and one line are read.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export function meshConfigs(resource: Resource): MeshConfig[] {
  if (is(resource, "", "ConfigMap")) {
    if (!/^istio($|-)/.test(ifKnown(() => textOf(metadataOf(resource)["name"])) ?? "")) return [];
    const text = textOf(objectOf(objectOf(resource.props)["data"])["mesh"]);
    if (text === undefined || isUnknown(text)) return [];
    const [, trustDomain] = /^trustDomain:\s*["']?([^\s"'#]+)/m.exec(text) ?? [];
    return [{ resource, field: "data.mesh", certificates: text, trustDomain }];
  }
  if (!is(resource, "helm.sh", "Release") && !is(resource, "helm.sh", "Chart")) return [];
  const config = objectOf(objectOf(resource.props)["values"])["meshConfig"];
  if (config === undefined) return [];
  const { caCertificates, trustDomain } = objectOf(config);
  const pems = listOf(caCertificates).flatMap((entry) => textOf(objectOf(entry)["pem"]) ?? []);
  return [
    {
      resource,
      field: "values.meshConfig.caCertificates",
      certificates: pems.join("\n"),
      trustDomain: isUnknown(trustDomain) ? undefined : textOf(trustDomain),
    },
  ];
}

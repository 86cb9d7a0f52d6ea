import type { Manifest } from "./parse.ts";

/**
 * Which objects of a group each one must wait for: the definition of its kind, and its namespace. Everything else may be
 * made side by side. Answers indices into `manifests`.
 */
export function dependenciesOf(manifests: Manifest[]): number[][] {
  const definitions = new Map<string, number>();
  const namespaces = new Map<string, number>();
  manifests.forEach((manifest, i) => {
    if (manifest.kind === "CustomResourceDefinition") definitions.set(`${manifest["spec"]?.group}/${manifest["spec"]?.names?.kind}`, i);
    if (manifest.kind === "Namespace" && manifest.apiVersion === "v1") namespaces.set(manifest.metadata.name ?? "", i);
  });
  return manifests.map(({ apiVersion, kind, metadata }) => {
    const definition = definitions.get(`${apiVersion.split("/")[0]}/${kind}`);
    const namespace = metadata.namespace === undefined ? undefined : namespaces.get(metadata.namespace);
    return [definition, namespace].filter((index) => index !== undefined);
  });
}

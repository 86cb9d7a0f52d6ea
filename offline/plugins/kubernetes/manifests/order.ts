import type { Manifest } from "./parse.ts";

/** Annotation by which an object names others of its group that come first. */
const annotation = "config.kubernetes.io/depends-on";

/**
 * Which objects of a group each one must wait for: the definition of its kind, its namespace, and what its annotation
 * `config.kubernetes.io/depends-on` names. Everything else may be made side by side. Answers indices into `manifests`.
 * https://www.pulumi.com/registry/packages/kubernetes/api-docs/yaml/v2/configgroup/
 *
 * @throws when an annotation names what is not in the group, or objects wait for each other
 */
export function dependenciesOf(manifests: Manifest[]): number[][] {
  const definitions = new Map<string, number>();
  const namespaces = new Map<string, number>();
  const references = new Map<string, number>();
  manifests.forEach((manifest, i) => {
    if (manifest.kind === "CustomResourceDefinition")
      definitions.set(`${manifest["spec"]?.group}/${manifest["spec"]?.names?.kind}`, i);
    if (manifest.kind === "Namespace" && manifest.apiVersion === "v1") namespaces.set(manifest.metadata.name ?? "", i);
    references.set(referenceTo(manifest), i);
  });
  const dependencies = manifests.map((manifest, i) => {
    const { apiVersion, kind, metadata } = manifest;
    const definition = definitions.get(`${apiVersion.split("/")[0]}/${kind}`);
    const namespace = metadata.namespace === undefined ? undefined : namespaces.get(metadata.namespace);
    const named = (metadata.annotations?.[annotation] ?? "")
      .split(",")
      .map((text) => text.trim())
      .filter(Boolean)
      .map((text) => {
        const found = references.get(text);
        if (found === undefined || found === i)
          throw new Error(
            `${shown(manifest)} depends on "${text}" (annotation ${annotation}), which is no other object of its ` +
              "group; " +
              "a reference reads group/namespaces/namespace/Kind/name or group/Kind/name, with nothing before the " +
              `first slash for the core group. There are ${
                [...references.keys()]
                  .filter((key) => key !== referenceTo(manifest))
                  .sort()
                  .join(", ") || "none"
              }`,
          );
        return found;
      });
    return [...new Set([definition, namespace, ...named].filter((index) => index !== undefined))];
  });
  refuseCircles(manifests, dependencies);
  return dependencies;
}

function groupOf({ apiVersion }: Manifest): string {
  return apiVersion.includes("/") ? apiVersion.split("/")[0]! : "";
}

function referenceTo(manifest: Manifest): string {
  const { namespace, name } = manifest.metadata;
  return `${groupOf(manifest)}/${namespace ? `namespaces/${namespace}/` : ""}${manifest.kind}/${name}`;
}

function shown({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ""}${metadata.name}`;
}

/** Objects that wait for each other would wait for ever. */
function refuseCircles(manifests: Manifest[], dependencies: number[][]): void {
  const done = new Set<number>();
  const visit = (i: number, above: number[]): void => {
    if (above.includes(i))
      throw new Error(
        `${[...above.slice(above.indexOf(i)), i].map((j) => shown(manifests[j]!)).join(" waits for ")}: ` +
          `take one of these references out of the annotation ${annotation}`,
      );
    if (done.has(i)) return;
    for (const j of dependencies[i]!) if (j !== i) visit(j, [...above, i]);
    done.add(i);
  };
  manifests.forEach((_, i) => visit(i, []));
}

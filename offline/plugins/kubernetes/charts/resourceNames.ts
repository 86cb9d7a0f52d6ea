import type { Manifest } from "../manifests/parse.ts";

/**
 * Names of a release's objects by kind, as the official plugin lists them. A key is `Service/v1` or
 * `Role.<group>/<group>/<version>`; a name has the namespace in front if the manifest sets one.
 */
export function resourceNames(manifests: Manifest[]): Record<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const { apiVersion, kind, metadata } of manifests) {
    const key = `${kind}${apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : ""}/${apiVersion}`;
    const name = metadata.name ?? "";
    names.set(key, (names.get(key) ?? new Set()).add(metadata.namespace ? `${metadata.namespace}/${name}` : name));
  }
  return Object.fromEntries([...names].map(([key, set]) => [key, [...set].sort()]));
}

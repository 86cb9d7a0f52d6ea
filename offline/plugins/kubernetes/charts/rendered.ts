import { createHash } from "node:crypto";
import { parse } from "yaml";
import { parseManifests, type Manifest } from "../manifests/parse.ts";

/** What `helm template` prints of a release, as far as its state keeps it. */
export interface Rendered {
  /** Changes whenever an object or a hook of the release would: SHA-256 of the rendered text, in hexadecimal digits. */
  checksum: string;
  resourceNames: Record<string, string[]>;
}

/**
 * The official plugin's checksum and names for what `helm template` printed. That plugin sums Helm's own manifest followed
 * by the hooks, joined in a way of its own; `helm template` prints the same parts, each under a line that names its source.
 *
 * @param before what the release was last time: of the same text the names are the same, and reading a big chart's YAML
 * for them takes longer than Helm does
 */
export function rendered(printed: string, where: string, before?: Partial<Rendered>): Rendered {
  const parts = printed.split(/^(?=---\n# Source: )/m);
  let hooks = parts.length;
  while (hooks > 0 && isHook(parts[hooks - 1]!)) hooks--;
  const text = [
    parts.slice(0, hooks).join(""),
    ...parts.slice(hooks).map((hook) => `\n---\n${hook.replace(/^---\n# Source: .*\n/, "").replace(/\n$/, "")}`),
  ].join("");
  const checksum = createHash("sha256").update(text).digest("hex");
  const known = checksum === before?.checksum ? before.resourceNames : undefined;
  return { checksum, resourceNames: known ?? resourceNames(parseManifests(text, where)) };
}

/** Names by kind, as the official plugin lists them: `Service/v1`, `Role.<group>/<version>`; with the namespace if the manifest names one. */
export function resourceNames(manifests: Manifest[]): Record<string, string[]> {
  const names = new Map<string, Set<string>>();
  for (const { apiVersion, kind, metadata } of manifests) {
    const key = `${kind}${apiVersion.includes("/") ? `.${apiVersion.split("/")[0]}` : ""}/${apiVersion}`;
    const name = metadata.name ?? "";
    names.set(key, (names.get(key) ?? new Set()).add(metadata.namespace ? `${metadata.namespace}/${name}` : name));
  }
  return Object.fromEntries([...names].map(([key, set]) => [key, [...set].sort()]));
}

/** https://helm.sh/docs/topics/charts_hooks/ */
function isHook(part: string): boolean {
  if (!part.includes("helm.sh/hook")) return false;
  try {
    return (parse(part) as Partial<Manifest> | null)?.metadata?.annotations?.["helm.sh/hook"] !== undefined;
  } catch {
    return false;
  }
}

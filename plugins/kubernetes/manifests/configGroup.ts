import { existsSync, globSync, readFileSync } from "node:fs";
import type { ConstructRequest } from "../../shared/plugin.ts";
import { hasUnknown, reveal, type Values } from "../../shared/values.ts";
import type { Context } from "../cluster.ts";
import { manifestsOf, parseManifests, type Manifest } from "./parse.ts";
import { registerComponent } from "./register.ts";

/** Inputs of `ConfigGroup` (`files`, `yaml`, `objs`) and `ConfigFile` (`file`). */
interface GroupInputs {
  file?: string;
  files?: string | string[];
  yaml?: string | string[];
  objs?: unknown;
  resourcePrefix?: string;
  skipAwait?: boolean;
}

/** The components `yaml/v2:ConfigGroup` and `yaml/v2:ConfigFile`: objects out of YAML texts, files and plain values. */
export async function constructConfigGroup(request: ConstructRequest, { cluster, engine }: Context): Promise<{ urn: string; state: Values }> {
  if (hasUnknown(request.inputs)) {
    engine.log("warning", `${request.name}: its inputs are not known yet, so this preview does not show its objects`);
    return registerComponent(request, undefined);
  }
  const inputs = reveal(request.inputs) as GroupInputs;
  const texts = list(inputs.yaml).map((text, i) => ({ text, where: `${request.name}: text ${i + 1} of yaml` }));
  const files = [...list(inputs.file), ...list(inputs.files)].flatMap(filesOf).map((file) => ({ text: readFileSync(file, "utf8"), where: file }));
  const objects = list(inputs.objs as unknown[] | undefined).flatMap((object) => manifestsOf(object, `${request.name}: objs`));
  const manifests = [...files, ...texts].flatMap(({ text, where }) => parseManifests(text, where)).concat(objects);
  const placed = await Promise.all(manifests.map((manifest) => withNamespace(manifest, cluster, manifests)));
  return registerComponent(request, placed, { prefix: inputs.resourcePrefix, skipAwait: inputs.skipAwait });
}

/** The object with the provider's namespace, where its kind has one and it names none. */
export async function withNamespace(manifest: Manifest, cluster: Context["cluster"], group: Manifest[], namespace = cluster.namespace): Promise<Manifest> {
  if (manifest.metadata.namespace) return manifest;
  const defined = group.find((m) => m.kind === "CustomResourceDefinition" && m["spec"]?.names?.kind === manifest.kind && m["spec"]?.group === manifest.apiVersion.split("/")[0]);
  const namespaced = defined ? defined["spec"].scope === "Namespaced" : (await cluster.resourceOf(manifest.apiVersion, manifest.kind))?.namespaced;
  return namespaced ? { ...manifest, metadata: { ...manifest.metadata, namespace } } : manifest;
}

function filesOf(pattern: string): string[] {
  if (/^https?:/.test(pattern)) throw new Error(`${pattern}: files from the network are not built into this stand-in for the kubernetes plugin; download the file and name its path`);
  if (existsSync(pattern)) return [pattern];
  const found = globSync(pattern).sort();
  if (found.length === 0) throw new Error(`there is no file ${pattern}; paths are relative to the project's folder`);
  return found;
}

function list<T>(value: T | T[] | undefined): T[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

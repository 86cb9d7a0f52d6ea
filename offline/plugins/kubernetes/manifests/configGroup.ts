import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ConstructRequest } from "../../shared/plugin.ts";
import { hasUnknown, markLike, reveal, Secret, type Value, type Values } from "../../shared/values.ts";
import type { Context } from "../cluster.ts";
import { opened } from "./opened.ts";
import { manifestsOf, parseManifests, parseSecretManifests, type Manifest } from "./parse.ts";
import { registerComponent } from "./register.ts";

/** Inputs of `ConfigGroup` (`files`) and `ConfigFile` (`file`) beside `yaml` and `objs`, whose secret marks count. */
interface GroupInputs {
  file?: string;
  files?: string | string[];
  resourcePrefix?: string;
  skipAwait?: boolean;
}

/**
 * The components `yaml/v2:ConfigGroup` and `yaml/v2:ConfigFile`: objects out of YAML texts, files and plain values.
 * What is secret in `objs` is so in its object's state; of an object out of a secret text, everything but its kind
 * and name is.
 */
export async function constructConfigGroup(
  request: ConstructRequest,
  { cluster, engine }: Context,
): Promise<{ urn: string; state: Values }> {
  refuseOthers(request);
  if (hasUnknown(request.inputs)) {
    engine.log("warning", `${request.name}: its inputs are not known yet, so this preview does not show its objects`);
    return registerComponent(request, undefined);
  }
  const inputs = reveal(request.inputs) as GroupInputs;
  const files = [...list(inputs.file), ...list(inputs.files)]
    .flatMap(filesOf)
    .flatMap((file) => parseManifests(readFileSync(file, "utf8"), file));
  const texts = each(request.inputs["yaml"]).flatMap((text, i) => {
    const where = `${request.name}: text ${i + 1} of yaml`;
    return text instanceof Secret ? parseSecretManifests(reveal(text), where) : parseManifests(text as string, where);
  });
  const objects = each(request.inputs["objs"]).flatMap((object) =>
    manifestsOf(opened(object), `${request.name}: objs`),
  );
  const marked = [...files, ...texts, ...objects];
  const manifests = marked.map((manifest) => reveal(manifest as unknown as Value) as Manifest);
  const placed = await Promise.all(manifests.map((manifest) => withNamespace(manifest, cluster, manifests)));
  return registerComponent(request, placed, {
    prefix: inputs.resourcePrefix,
    skipAwait: inputs.skipAwait,
    inputs: (manifest, i) => markLike(manifest, marked[i] as unknown as Value) as Values,
  });
}

/** What a group cannot be told here is refused, rather than left out silently; a file that makes nothing, too. */
function refuseOthers({ type, name, inputs }: ConstructRequest): void {
  const [kind, known] = type.endsWith(":ConfigFile")
    ? (["ConfigFile", ["file", "resourcePrefix", "skipAwait"]] as const)
    : (["ConfigGroup", ["files", "objs", "resourcePrefix", "skipAwait", "yaml"]] as const);
  const given = Object.keys(inputs).filter((key) => inputs[key] !== null);
  const other = given.find((key) => !(known as readonly string[]).includes(key));
  if (other)
    throw new Error(
      `${kind} ${name}: ${other} is no input of a ${kind} that this stand-in for the ` +
        `kubernetes plugin knows; leave it out. It knows ${known.join(", ")}`,
    );
  if (kind === "ConfigFile" && (!given.includes("file") || reveal(inputs["file"]!) === ""))
    throw new Error(`ConfigFile ${name}: file is missing: give the path of a YAML file`);
}

/** The object with the provider's namespace, where its kind has one and it names none. */
export async function withNamespace(
  manifest: Manifest,
  cluster: Context["cluster"],
  group: Manifest[],
  namespace = cluster.namespace,
): Promise<Manifest> {
  if (manifest.metadata.namespace) return manifest;
  const defined = group.find(
    (m) =>
      m.kind === "CustomResourceDefinition" &&
      m["spec"]?.names?.kind === manifest.kind &&
      m["spec"]?.group === manifest.apiVersion.split("/")[0],
  );
  const namespaced = defined
    ? defined["spec"].scope === "Namespaced"
    : (await cluster.resourceOf(manifest.apiVersion, manifest.kind))?.namespaced;
  return namespaced ? { ...manifest, metadata: { ...manifest.metadata, namespace } } : manifest;
}

function filesOf(pattern: string): string[] {
  if (/^https?:/.test(pattern))
    throw new Error(
      `${pattern}: files from the network are not built into this stand-in for the ` +
        "kubernetes plugin; download the file and name its path",
    );
  if (existsSync(pattern)) {
    if (statSync(pattern).isDirectory())
      throw new Error(`${pattern} is a folder; name its files, e.g. ${join(pattern, "*.yaml")}`);
    return [pattern];
  }
  const found = globSync(pattern).sort();
  if (found.length === 0) throw new Error(`there is no file ${pattern}; paths are relative to the project's folder`);
  return found;
}

function list<T>(value: T | T[] | undefined): T[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

/** A value, or those of an array; a secret array's are secret each. */
function each(value: Value | undefined): Value[] {
  return value instanceof Secret
    ? each(value.value).map((part) => (part instanceof Secret ? part : new Secret(part)))
    : list(value);
}

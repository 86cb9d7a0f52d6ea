import type { Autonaming, CheckFailure } from "../../shared/plugin.ts";
import { hasUnknown, isObject, reveal, Secret, Unknown, type Value, type Values } from "../../shared/values.ts";
import { isBuiltIn } from "./builtIn.ts";
import { asked } from "./fieldNames.ts";
import { normalised } from "./normalise.ts";

const autonamed = "pulumi.com/autonamed";

/** What {@link checkObject} looks at besides the inputs. */
export interface CheckRequest {
  /** Type token. */
  type: string;
  /** Logical name. */
  name: string;
  olds: Values;
  news: Values;
  randomSeed: Uint8Array;
  autonaming?: Autonaming;
  /** Namespace of an object that names none, if it is to get one. */
  namespace?: string;
}

/**
 * Inputs as they are kept: with apiVersion and kind, with a name (the old one, or `<logical name>-<8 hex digits>`), and
 * with a Secret's `stringData` encoded into its `data`, where changes of either can be compared.
 */
export function checkObject({ type, name, olds, news, randomSeed, autonaming, namespace }: CheckRequest): {
  inputs: Values;
  failures: CheckFailure[];
} {
  const [, group, kind] = type.split(":") as [string, string, string];
  const inputs = asked(news);
  inputs["apiVersion"] ??= group.replace(/^core\//, "");
  inputs["kind"] ??= kind;
  const metadata = inputs["metadata"] ?? {};
  if (metadata instanceof Unknown) return { inputs, failures: [] };
  const plain = metadata instanceof Secret ? metadata.value : metadata;
  if (!isObject(plain))
    return {
      inputs,
      failures: [{ property: "metadata", reason: `metadata must be an object, not ${JSON.stringify(plain)}` }],
    };
  const made = autonaming?.proposedName || `${name}-${Buffer.from(randomSeed.subarray(0, 4)).toString("hex")}`;
  const named = withName(plain as Values, olds, autonaming?.mode === "disable" ? undefined : made);
  if (namespace && named["namespace"] === undefined) named["namespace"] = namespace;
  inputs["metadata"] = metadata instanceof Secret ? new Secret(named) : named;
  return { inputs: canonical(inputs), failures: metadataFailures(named) };
}

/** Whether an object has a name that was made up here. */
export function isAutonamed(inputs: Values): boolean {
  return (reveal(inputs["metadata"] ?? null) as any)?.annotations?.[autonamed] === "true";
}

/** Inputs in the one form in which they are kept and compared. */
function canonical(inputs: Values): Values {
  const kind = reveal(inputs["kind"]!);
  if (kind === "Secret") return encodedSecret(inputs);
  const version = reveal(inputs["apiVersion"]!);
  return typeof version === "string" && isBuiltIn(version) && kind !== "CustomResourceDefinition"
    ? normalised(inputs)
    : inputs;
}

function withName(metadata: Values, olds: Values, fresh: string | undefined): Values {
  if (metadata["name"] !== undefined || metadata["generateName"] !== undefined) return { ...metadata };
  const old = reveal(olds["metadata"] ?? null) as { name?: string } | null;
  const made = old?.name !== undefined && isAutonamed(olds) ? old.name : fresh;
  if (made === undefined) return { ...metadata };
  const annotations = metadata["annotations"];
  const before = annotations instanceof Secret ? annotations.value : (annotations ?? {});
  if (before instanceof Unknown) return { ...metadata, name: made };
  const marked = { ...(before as Values), [autonamed]: "true" };
  return { ...metadata, name: made, annotations: annotations instanceof Secret ? new Secret(marked) : marked };
}

function encodedSecret(inputs: Values): Values {
  const { stringData, ...rest } = inputs;
  if (stringData === undefined) return inputs;
  if (hasUnknown(stringData) || hasUnknown(rest["data"])) return inputs;
  const texts = reveal(stringData) as Record<string, string>;
  const encoded = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]),
  );
  return { ...rest, data: new Secret({ ...(reveal(rest["data"] ?? {}) as Values), ...encoded }) };
}

/**
 * What can be told of metadata without the server. Names:
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
 */
function metadataFailures(metadata: Values): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (metadata["name"] === undefined && metadata["generateName"] === undefined)
    failures.push({
      property: "metadata.name",
      reason: "metadata.name is missing, and automatic naming is disabled: give the object a name",
    });
  for (const key of ["name", "namespace"]) {
    const value = metadata[key] as Value | undefined;
    if (value === undefined || hasUnknown(value)) continue;
    const text = reveal(value);
    if (typeof text !== "string" || text === "" || text.length > 253)
      failures.push({
        property: `metadata.${key}`,
        reason: `metadata.${key} must be a text of 1 to 253 characters, not ${JSON.stringify(text)}`,
      });
  }
  return failures;
}

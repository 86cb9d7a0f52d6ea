import { parse } from "yaml";
import { isObject, reveal, Secret, type Value, type Values } from "../../shared/values.ts";
import { assetText } from "./chartArguments.ts";

/** Texts that a chart's inputs mark as secret. Very short ones are left out: they would hit innocent values. */
export function secretTexts({ valueYamlFiles, ...inputs }: Values): string[] {
  return [...textsOf(inputs), ...textsOf(parsedFiles(valueYamlFiles))];
}

/** Marks every text as secret that shows one of `secrets`, plainly or in base64. */
export function markTexts(value: Value, secrets: string[]): Value {
  if (secrets.length === 0) return value;
  if (typeof value === "string")
    return secrets.some((s) => value.includes(s) || value.includes(base64(s))) ? new Secret(value) : value;
  if (Array.isArray(value)) return value.map((v) => markTexts(v, secrets));
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, markTexts(v as Value, secrets)]))
    : value;
}

/** A message, such as Helm's about a value it does not like, without the secrets it shows. */
export function withoutTexts(message: string, secrets: string[]): string {
  return secrets
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, s) => text.replaceAll(s, "[secret]").replaceAll(base64(s), "[secret]"), message);
}

function textsOf(value: Value | undefined, inside = false): string[] {
  if (value instanceof Secret) return textsOf(value.value, true);
  if (Array.isArray(value)) return value.flatMap((v) => textsOf(v, inside));
  if (isObject(value)) return Object.values(value).flatMap((v) => textsOf(v as Value, inside));
  return inside && typeof value === "string" && value.length > 3 ? [value] : [];
}

/** Contents of the value files that are secret, as they read as values. */
function parsedFiles(files: Value | undefined): Value[] {
  const all =
    files instanceof Secret ? [files] : Array.isArray(files) ? files.filter((file) => file instanceof Secret) : [];
  return all.flatMap((file) =>
    [reveal(file)].flat().map((asset) => new Secret(parse(assetText(asset), { prettyErrors: false }) as Value)),
  );
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

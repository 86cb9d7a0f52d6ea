import { parse } from "yaml";
import type { CheckFailure } from "../../shared/plugin.ts";
import {
  hasSecret,
  hasUnknown,
  isObject,
  reveal,
  Secret,
  Unknown,
  type Value,
  type Values,
} from "../../shared/values.ts";
import { assetText, noCredentials } from "./chartArguments.ts";

const flags = [
  "allowNullValues",
  "atomic",
  "cleanupOnFail",
  "createNamespace",
  "dependencyUpdate",
  "devel",
  "disableCRDHooks",
  "disableOpenapiValidation",
  "disableWebhooks",
  "forceUpdate",
  "lint",
  "recreatePods",
  "renderSubchartNotes",
  "replace",
  "resetValues",
  "reuseValues",
  "skipAwait",
  "skipCrds",
  "takeOwnership",
  "verify",
  "waitForJobs",
];
const texts = ["chart", "description", "keyring", "name", "namespace", "postrender", "version"];
const repositoryTexts = ["repo", "caFile", "certFile", "keyFile", "password", "username"];
/** Inputs that are no part of the state: the SDK's own mark, and what is merged into `values` or computed. */
const consumed = ["compat", "valueYamlFiles", "resourceNames", "checksum"];
const known = [...flags, ...texts, "maxHistory", "repositoryOpts", "timeout", "values", "valueYamlFiles"];

/**
 * A Release's inputs as the official plugin keeps them: every one of them, those not given as false, empty or 0 (only
 * `maxHistory` and `repositoryOpts` can be missing), and the value files merged into `values`. `checksum` and
 * `resourceNames` are the renderer's to add.
 *
 * @throws when a value file cannot be read
 */
export function releaseInputs(given: Values): Values {
  const inputs: Values = {};
  for (const flag of flags) inputs[flag] = given[flag] ?? false;
  for (const text of texts) inputs[text] = given[text] ?? "";
  inputs["timeout"] = given["timeout"] ?? (reveal(given["skipAwait"] ?? false) === true ? 0 : 300);
  if (reveal(inputs["verify"]!) === true && inputs["keyring"] === "")
    inputs["keyring"] = `${process.env["HOME"] ?? ""}/.gnupg/pubring.gpg`;
  if (given["maxHistory"] !== undefined && given["maxHistory"] !== null) inputs["maxHistory"] = given["maxHistory"];
  const repository = given["repositoryOpts"];
  if (isObject(repository))
    inputs["repositoryOpts"] = Object.fromEntries(
      repositoryTexts.map((text) => [text, (repository as Values)[text] ?? ""]),
    );
  else if (repository) inputs["repositoryOpts"] = repository;
  inputs["values"] = effectiveValues(given);
  return inputs;
}

/** What this stand-in refuses of a Release's inputs, rather than leave it out silently. */
export function refusedInputs(given: Values): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const refuse = (property: string, reason: string): void =>
    void failures.push({ property, reason: `${property} ${reason}` });
  const set = (value: Value | undefined): boolean => value instanceof Unknown || Boolean(reveal(value ?? null));
  if (given["chart"] === undefined)
    failures.push({
      property: "chart",
      reason: "chart is missing: give a chart's name, its folder, or its oci:// address",
    });
  if (set(given["lint"]))
    refuse(
      "lint",
      "is not built into this stand-in for the kubernetes plugin, and helm upgrade has no " +
        "such option; leave it out and run helm lint on the chart, or use the official plugin",
    );
  const repository =
    given["repositoryOpts"] instanceof Secret ? given["repositoryOpts"].value : given["repositoryOpts"];
  for (const name of ["username", "password"])
    if (isObject(repository) && set((repository as Values)[name])) refuse(`repositoryOpts.${name}`, noCredentials);
  for (const name of Object.keys(given))
    if (given[name] !== null && !known.includes(name) && !consumed.includes(name))
      refuse(
        name,
        "is no input of a Release that this stand-in for the kubernetes plugin knows; " +
          `leave it out. It knows ${known.toSorted().join(", ")}`,
      );
  return failures;
}

/**
 * The value files, the later over the earlier, and the values over them. Secret marks stay; those of a file cover
 * all.
 */
function effectiveValues(given: Values): Value {
  const { valueYamlFiles: files = [], values } = given;
  if (hasUnknown(files) || values instanceof Unknown) return Unknown.value;
  const nulls = reveal(given["allowNullValues"] ?? false) === true;
  let merged: Values = {};
  // Of two files that set one top-level key, the later one's value counts whole, as with the official plugin.
  for (const file of reveal(files) ?? []) merged = { ...merged, ...parsedFile(file) };
  const all = merge(withoutNulls(merged, nulls), withoutNulls(values ?? {}, nulls));
  return hasSecret(files) && !(all instanceof Secret) ? new Secret(reveal(all)) : all;
}

function parsedFile(file: unknown): Values {
  // Pretty ones quote the file, which may be secret.
  const content: unknown = parse(assetText(file), { prettyErrors: false });
  if (content !== null && !isObject(content)) throw new Error("a file of valueYamlFiles is no map of values");
  return (content ?? {}) as Values;
}

function merge(under: Value | undefined, over: Value): Value {
  if (over instanceof Secret) return new Secret(merge(under, over.value));
  if (!isObject(under) || !isObject(over)) return over;
  const result = { ...under } as Values;
  for (const [key, value] of Object.entries(over)) result[key] = merge(result[key], value as Value);
  return result;
}

function withoutNulls(value: Value, keep: boolean): Value {
  if (keep) return value;
  if (value instanceof Secret) return new Secret(withoutNulls(value.value, keep));
  if (Array.isArray(value)) return value.filter((v) => v !== null).map((v) => withoutNulls(v, keep));
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([k, v]) => (v === null ? [] : [[k, withoutNulls(v as Value, keep)]])),
      )
    : value;
}

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CheckFailure, DiffResult } from "../shared/plugin.ts";
import { equal, hasUnknown, reveal, type Values } from "../shared/values.ts";
import { clientEnvironment } from "./charts/clientEnvironment.ts";
import { helmEnvironment, helmSettingsFailures } from "./charts/helmSettings.ts";
import { clientSettings, clientSettingsFailures, type ClientSettings } from "./clientSettings.ts";
import { sameCluster } from "./activeCluster.ts";
import type { Options } from "./cluster.ts";

/** Everything a provider was configured with. */
export interface ProviderConfig {
  /** Text or path of the kubeconfig; default: where kubectl looks. */
  kubeconfig?: string;
  /** Context to use; default: the kubeconfig's current one. */
  context?: string;
  /** Cluster to use instead of the context's. */
  cluster?: string;
  /** Namespace of objects that name none. */
  namespace?: string;
  client: ClientSettings;
  options: Options;
}

const flags = [
  "enableSecretMutable",
  "enableConfigMapMutable",
  "deleteUnreachable",
  "skipUpdateUnreachable",
  "upsertExistingObjects",
  "enablePatchForce",
  "suppressDeprecationWarnings",
] as const;
/** What there is nothing to honour for: no warning of Helm hooks is given here. */
const idle = ["suppressHelmHookWarnings"];

/** Reads a provider's inputs, in which everything but texts is JSON in a string. */
export function readConfig(args: Values): ProviderConfig {
  const plain = reveal(args) as Record<string, unknown>;
  const text = (key: string): string | undefined =>
    typeof plain[key] === "string" && plain[key] !== "" ? plain[key] : undefined;
  const options = Object.fromEntries(
    flags.map((flag) => [flag, String(plain[flag] ?? process.env[variableOf(flag)]) === "true"]),
  ) as Record<(typeof flags)[number], boolean>;
  const client = clientSettings(args["kubeClientSettings"]);
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    client,
    options: {
      ...options,
      helmEnvironment: { ...helmEnvironment(args["helmReleaseSettings"]), ...clientEnvironment(client) },
    },
  };
}

/**
 * Environment variable that stands in for a flag nobody set, e.g. `PULUMI_K8S_DELETE_UNREACHABLE`. A ConfigMap is one
 * word there.
 */
function variableOf(flag: string): string {
  return `PULUMI_K8S_${flag
    .replace("ConfigMap", "Configmap")
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`;
}

/** What is wrong with a provider's inputs. `urn`: the provider's. */
export function checkConfig(news: Values, urn = ""): CheckFailure[] {
  const wrong = [...flags, ...idle].flatMap((flag) => {
    const value = news[flag];
    if (value === undefined || hasUnknown(value) || ["true", "false"].includes(String(reveal(value)))) return [];
    return [{ property: flag, reason: `${flag} must be true or false, not ${JSON.stringify(reveal(value))}` }];
  });
  return [
    ...strictFailures(news, urn),
    ...notBuilt(news),
    ...wrong,
    ...clientSettingsFailures(news["kubeClientSettings"]),
    ...helmSettingsFailures(news["helmReleaseSettings"]),
  ];
}

/** What the official plugin has and this one lacks. */
function notBuilt(news: Values): CheckFailure[] {
  const apply = "enableServerSideApply";
  const failures = (["renderYamlToDirectory", "alwaysRender"] as const)
    .filter((key) => ![undefined, null, "", "false", false].includes(reveal(news[key] ?? null)))
    .map((property) => ({
      property,
      reason:
        `${property} is not built into this stand-in for the kubernetes plugin; leave it ` +
        "out, or use the official plugin",
    }));
  if (String(reveal(news[apply] ?? process.env[variableOf(apply)] ?? "true")) !== "false") return failures;
  const name = news[apply] === undefined ? variableOf(apply) : apply;
  return [
    ...failures,
    {
      property: apply,
      reason:
        "this stand-in for the kubernetes plugin always uses server-side apply; leave " +
        `${name} out, or use the official plugin`,
    },
  ];
}

/**
 * With `kubernetes:strictMode: true` in a stack's configuration every provider must be explicit, and name kubeconfig
 * and context.
 */
function strictFailures(news: Values, urn: string): CheckFailure[] {
  const stack = (JSON.parse(process.env["PULUMI_CONFIG"] || "{}") as Record<string, unknown>)["strictMode"];
  if (String(reveal(news["strictMode"] ?? null) ?? stack) !== "true") return [];
  const missing = ["kubeconfig", "context"].filter((key) => !news[key]);
  return [
    ...(/^default(_|$)/.test(urn.split("::").at(-1)!)
      ? [
          {
            property: "strictMode",
            reason: "strict mode prohibits default provider: give the resource a kubernetes.Provider",
          },
        ]
      : []),
    ...missing.map((property) => ({ property, reason: `strict mode requires Provider "${property}" argument` })),
  ];
}

/**
 * Whether a change of the provider's inputs means another cluster, so that everything in it must be made anew. With
 * `clusterIdentifier` that alone decides; without it another kubeconfig, context or cluster does, as far as they lead
 * to a cluster with other settings.
 * Rules: https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/
 */
export async function diffConfig(olds: Values, news: Values): Promise<DiffResult> {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => key !== "version");
  const diffs = keys.filter((key) => !equal(olds[key], news[key])).sort();
  const [before, after] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
  let replaces: string[] = [];
  if (before !== undefined && after !== undefined) replaces = equal(before, after) ? [] : ["clusterIdentifier"];
  else if (before === undefined && after === undefined) {
    const leading = diffs.filter((key) => ["kubeconfig", "context", "cluster"].includes(key));
    if (leading.length > 0 && !(await sameCluster(olds, news))) replaces = leading;
  }
  return { changes: diffs.length > 0, diffs, replaces };
}

/**
 * A kubeconfig may be given as text or as a path; without one, $KUBECONFIG and the user's own are looked at. Throws
 * when there is none.
 */
export function kubeconfigText(given: string | undefined): string {
  if (given && /[\n{:]/.test(given.replace(/^[A-Za-z]:[\\/]/, ""))) return given;
  const path = given
    ? given.replace(/^~(?=\/)/, homedir())
    : (process.env["KUBECONFIG"]?.split(":")[0] ?? join(homedir(), ".kube", "config"));
  if (!existsSync(path))
    throw new Error(
      (given
        ? `kubeconfig "${path}" is neither the text of one nor an existing file`
        : `kubeconfig is not configured, and ${path} does not exist`) +
        "; set the provider's kubeconfig to the text or the path of one",
    );
  return readFileSync(path, "utf8");
}

import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CheckFailure, DiffResult } from "../shared/plugin.ts";
import { equal, hasUnknown, reveal, type Values } from "../shared/values.ts";
import { clientEnvironment, clientSettingsFailures } from "./charts/clientSettings.ts";
import { helmEnvironment, helmSettingsFailures } from "./charts/helmSettings.ts";
import type { Options } from "./cluster.ts";

/** Everything a provider was configured with. */
export interface ProviderConfig {
  /** Text of the kubeconfig. */
  kubeconfig: string;
  /** Context to use; default: the kubeconfig's current one. */
  context?: string;
  /** Cluster to use instead of the context's. */
  cluster?: string;
  /** Namespace of objects that name none. */
  namespace?: string;
  options: Options;
}

const flags = ["enableSecretMutable", "enableConfigMapMutable", "deleteUnreachable", "skipUpdateUnreachable", "upsertExistingObjects", "enablePatchForce"] as const;

/** Reads a provider's inputs, in which everything but texts is JSON in a string. Throws when there is no kubeconfig. */
export function readConfig(args: Values): ProviderConfig {
  const plain = reveal(args) as Record<string, unknown>;
  const text = (key: string): string | undefined => (typeof plain[key] === "string" && plain[key] !== "" ? plain[key] : undefined);
  const options = Object.fromEntries(flags.map((flag) => [flag, String(plain[flag] ?? process.env[variableOf(flag)]) === "true"])) as Record<(typeof flags)[number], boolean>;
  return {
    kubeconfig: kubeconfigText(text("kubeconfig")),
    context: text("context"),
    cluster: text("cluster"),
    namespace: text("namespace"),
    options: { ...options, helmEnvironment: { ...helmEnvironment(args["helmReleaseSettings"]), ...clientEnvironment(args["kubeClientSettings"]) } },
  };
}

/** Environment variable that stands in for a flag nobody set, e.g. `PULUMI_K8S_DELETE_UNREACHABLE`. */
function variableOf(flag: string): string {
  return `PULUMI_K8S_${flag.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** What is wrong with a provider's inputs. */
export function checkConfig(news: Values): CheckFailure[] {
  if (equal(news["enableServerSideApply"], "false"))
    return [{ property: "enableServerSideApply", reason: "this stand-in for the kubernetes plugin always uses server-side apply; leave enableServerSideApply out, or use the official plugin" }];
  const folder = news["renderYamlToDirectory"];
  if (folder !== undefined && folder !== "" && folder !== null)
    return [{ property: "renderYamlToDirectory", reason: "renderYamlToDirectory is not built into this stand-in for the kubernetes plugin, which would change the cluster instead of writing files; leave it out, or use the official plugin" }];
  const wrong = flags.flatMap((flag) => {
    const value = news[flag];
    if (value === undefined || hasUnknown(value) || ["true", "false"].includes(String(reveal(value)))) return [];
    return [{ property: flag, reason: `${flag} must be true or false, not ${JSON.stringify(reveal(value))}` }];
  });
  return [...wrong, ...helmSettingsFailures(news["helmReleaseSettings"]), ...clientSettingsFailures(news["kubeClientSettings"])];
}

/**
 * Whether a change of the provider's inputs means another cluster, so that everything in it must be made anew. With
 * `clusterIdentifier` that alone decides; without it another kubeconfig, context or cluster does, as far as the
 * address of the API server differs.
 * Rules: https://www.pulumi.com/registry/packages/kubernetes/api-docs/provider/
 */
export function diffConfig(olds: Values, news: Values): DiffResult {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((key) => key !== "version");
  const diffs = keys.filter((key) => !equal(olds[key], news[key])).sort();
  const [before, after] = [olds["clusterIdentifier"], news["clusterIdentifier"]];
  let replaces: string[] = [];
  if (before !== undefined && after !== undefined) replaces = equal(before, after) ? [] : ["clusterIdentifier"];
  else if (before === undefined && after === undefined) replaces = diffs.filter((key) => ["kubeconfig", "context", "cluster"].includes(key) && !sameServer(olds, news));
  return { changes: diffs.length > 0, diffs, replaces };
}

function sameServer(olds: Values, news: Values): boolean {
  if (hasUnknown(olds) || hasUnknown(news)) return false;
  const server = (values: Values): string | undefined => /^\s*server:\s*(\S+)/m.exec(String(reveal(values["kubeconfig"] ?? "")))?.[1];
  return equal(olds["context"], news["context"]) && equal(olds["cluster"], news["cluster"]) && server(olds) !== undefined && server(olds) === server(news);
}

/** A kubeconfig may be given as text or as a path; without one, $KUBECONFIG and the user's own are looked at. */
function kubeconfigText(given: string | undefined): string {
  if (given && /[\n{:]/.test(given.replace(/^[A-Za-z]:[\\/]/, ""))) return given;
  const path = given ? given.replace(/^~(?=\/)/, homedir()) : (process.env["KUBECONFIG"]?.split(":")[0] ?? join(homedir(), ".kube", "config"));
  if (!existsSync(path))
    throw new Error(`kubeconfig ${given ? `"${path}" is neither the text of one nor an existing file` : `is not configured, and ${path} does not exist`}; set the provider's kubeconfig to the text or the path of one`);
  return readFileSync(path, "utf8");
}

import type { Values } from "../../shared/values.ts";
import { Unreachable, type Context } from "../cluster.ts";
import { parseManifests } from "../manifests/parse.ts";
import { fieldManagerOf } from "../object/state.ts";
import { helm } from "./helm.ts";
import type { ReleaseInputs } from "./releaseOptions.ts";
import { statusOf, type ListedRelease } from "./releaseState.ts";
import { resourceNames } from "./resourceNames.ts";

/** The cluster of a request, and its end. */
export type Target = Context & { signal: AbortSignal };

/** A release by name. */
export type ReleaseName = Pick<ReleaseInputs, "name" | "namespace">;

/** Label on the releases of a stack. A create finds its own release by it after an interruption. */
const label = "pulumi";

/** Runs Helm against the cluster. */
export async function runHelm(
  { cluster, signal }: Target,
  { namespace }: Pick<ReleaseName, "namespace">,
  args: string[],
  files?: Record<string, string>,
): Promise<string> {
  const context = cluster.context ? ["--kube-context", cluster.context] : [];
  try {
    return await helm({
      args: [...args, "--namespace", namespace, ...context],
      files,
      kubeconfig: cluster.kubeconfigText,
      environment: cluster.options.helmEnvironment,
      signal,
    });
  } catch (error) {
    const { message } = error as Error;
    throw /cluster unreachable|connection refused|no such host|i\/o timeout/i.test(message)
      ? new Unreachable(`the cluster at ${cluster.server} cannot be reached: ${message}`)
      : error;
  }
}

/** The release in any status, or undefined. With `owner`, only a release of that owner. */
export async function findRelease(
  target: Target,
  { name, namespace }: ReleaseName,
  owner?: string,
): Promise<ListedRelease | undefined> {
  const selector = owner ? ["--selector", `${label}=${owner}`] : [];
  const filter = `^${name.replaceAll(".", "\\.")}$`;
  const args = ["list", "--all", "--filter", filter, "-o", "json", ...selector];
  return (JSON.parse(await runHelm(target, { namespace }, args)) as ListedRelease[])[0];
}

/** Uninstalls a release if it exists. */
export async function uninstall(
  target: Target,
  inputs: ReleaseName & Pick<ReleaseInputs, "timeout" | "atomic" | "skipAwait">,
): Promise<void> {
  const wait = inputs.skipAwait && !inputs.atomic ? [] : ["--wait", "--timeout", timeoutOf(inputs)];
  await runHelm(target, inputs, ["uninstall", inputs.name, "--ignore-not-found", ...wait]);
}

/** The outputs of a release, from the cluster. */
export async function liveState(target: Target, release: ReleaseName, listed: ListedRelease): Promise<Values> {
  const status = statusOf(listed);
  const manifest = await runHelm(target, release, ["get", "manifest", release.name]);
  const manifests = parseManifests(manifest, `release ${release.name}`);
  return { version: status["version"]!, resourceNames: resourceNames(manifests), status };
}

/** Helm's option for the label of a release. */
export function labelOption(urn: string): string[] {
  return ["--labels", `${label}=${ownerOf(urn)}`];
}

/** Value of the label for the resource of this URN. */
export function ownerOf(urn: string): string {
  return fieldManagerOf(urn).split("-").at(-1)!;
}

/** Helm's timeout for an operation on a release. */
export function timeoutOf({ timeout }: Pick<ReleaseInputs, "timeout">): string {
  return `${timeout || 300}s`;
}

import { readFileSync } from "node:fs";
import { stringify } from "yaml";
import { reveal, type Values } from "../../shared/values.ts";

/** Which chart, and with which values, as `Release` and `Chart` have it in common. */
export interface ChartInputs {
  chart: string;
  version?: string;
  devel?: boolean;
  dependencyUpdate?: boolean;
  verify?: boolean;
  /** File to verify with: its path (`Release`) or an asset (`Chart`). */
  keyring?: unknown;
  plainHttp?: boolean;
  /** The files are paths (`Release`) or assets (`Chart`). */
  repositoryOpts?: {
    repo?: string;
    username?: string;
    password?: string;
    caFile?: unknown;
    certFile?: unknown;
    keyFile?: unknown;
  };
  values?: Values;
  valueYamlFiles?: unknown[];
}

/** Arguments for Helm, and the files that they name as `@name`. */
export interface HelmArguments {
  args: string[];
  files: Record<string, string>;
}

/**
 * Helm's arguments for a chart and its values.
 *
 * @throws for inputs that this stand-in does not implement
 */
export function chartArguments(inputs: ChartInputs): HelmArguments {
  const location = chartLocation(inputs);
  const files: Record<string, string> = { "values.yaml": stringify(reveal(inputs.values ?? {})) };
  const values: string[] = [];
  (inputs.valueYamlFiles ?? []).forEach((file, i) => {
    files[`file-${i}.yaml`] = assetText(file);
    values.push("--values", `@file-${i}.yaml`);
  });
  const [chart, ...options] = location.args;
  return {
    args: [
      chart!,
      ...values,
      "--values",
      "@values.yaml",
      ...options,
      ...(inputs.dependencyUpdate ? ["--dependency-update"] : []),
    ],
    files: { ...files, ...location.files },
  };
}

/** Helm's arguments for finding a chart: the chart, then options. */
export function chartLocation(inputs: ChartInputs): HelmArguments {
  const { repo, caFile, certFile, keyFile } = inputs.repositoryOpts ?? {};
  for (const name of ["username", "password"] as const)
    if (inputs.repositoryOpts?.[name]) throw new Error(`repositoryOpts.${name} ${noCredentials}`);
  const files: Record<string, string> = {};
  const args = [inputs.chart];
  if (repo) args.push("--repo", repo);
  if (inputs.version) args.push("--version", inputs.version);
  const flags = { devel: inputs.devel, verify: inputs.verify, "plain-http": inputs.plainHttp };
  for (const [flag, on] of Object.entries(flags)) if (on) args.push(`--${flag}`);
  const paths = { keyring: inputs.keyring, "ca-file": caFile, "cert-file": certFile, "key-file": keyFile };
  for (const [flag, file] of Object.entries(paths)) {
    if (!file) continue;
    const path = typeof file === "string" ? file : (file as { path?: string }).path;
    if (!path) files[flag] = assetText(file);
    args.push(`--${flag}`, path || `@${flag}`);
  }
  return { args, files };
}

/** Why a repository's name and password are refused. */
export const noCredentials =
  "is not built into this stand-in for the kubernetes plugin: helm takes it as an " +
  "argument, which every process of the machine can read; use a local chart, a public " +
  "repository or an OCI registry logged in to, or the official plugin";

/** Text of an asset, as the protocol carries it (pulumi/sdk/go/common/resource/asset). */
export function assetText(asset: unknown): string {
  const { text, path } = asset as { text?: string; path?: string };
  if (typeof text === "string" && text !== "") return text;
  if (typeof path === "string" && path !== "") return readFileSync(path, "utf8");
  throw new Error(
    "files can be given as string and file assets; assets from the network are not built " +
      "into this stand-in for the kubernetes plugin, and an empty one says nothing",
  );
}

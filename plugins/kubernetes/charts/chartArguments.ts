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
  keyring?: unknown;
  plainHttp?: boolean;
  repositoryOpts?: { repo?: string; username?: string; password?: string; caFile?: unknown; certFile?: unknown; keyFile?: unknown };
  values?: Values;
  valueYamlFiles?: unknown[];
}

/** Helm's arguments and files for a chart and its values. Throws for what this stand-in does not do. */
export function chartArguments(inputs: ChartInputs): { args: string[]; files: Record<string, string> } {
  const { repo, username, password, caFile, certFile, keyFile } = inputs.repositoryOpts ?? {};
  if (username || password || caFile || certFile || keyFile)
    throw new Error("repositoryOpts with credentials or certificates are not built into this stand-in for the kubernetes plugin; use a local chart or a public repository, or the official plugin");
  const files: Record<string, string> = {};
  const args = [inputs.chart];
  (inputs.valueYamlFiles ?? []).forEach((file, i) => {
    files[`file-${i}.yaml`] = assetText(file);
    args.push("--values", `@file-${i}.yaml`);
  });
  files["values.yaml"] = stringify(reveal(inputs.values ?? {}));
  args.push("--values", "@values.yaml");
  if (repo) args.push("--repo", repo);
  if (inputs.version) args.push("--version", inputs.version);
  for (const [flag, on] of Object.entries({ devel: inputs.devel, "dependency-update": inputs.dependencyUpdate, verify: inputs.verify, "plain-http": inputs.plainHttp })) if (on) args.push(`--${flag}`);
  return { args, files };
}

/** Text of an asset, as the protocol carries it (pulumi/sdk/go/common/resource/asset). */
export function assetText(asset: unknown): string {
  const { text, path } = asset as { text?: string; path?: string };
  if (typeof text === "string" && text !== "") return text;
  if (typeof path === "string") return readFileSync(path, "utf8");
  throw new Error("valueYamlFiles can hold string and file assets; assets from the network are not built into this stand-in for the kubernetes plugin");
}

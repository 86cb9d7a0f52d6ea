import { parse } from "yaml";
import { hasUnknown, reveal, type Values } from "../../shared/values.ts";
import { chartLocation, type ChartInputs } from "./chartArguments.ts";
import { helm, type HelmCall } from "./helm.ts";

/** Inputs that decide which chart Helm loads. */
const locating = ["chart", "version", "devel", "verify", "keyring", "repositoryOpts"];

/**
 * The version of the chart that a Release names, from its Chart.yaml. `undefined` while the preview does not know which
 * chart that is.
 *
 * @throws when Helm does not find the chart
 */
export async function chartVersion(
  inputs: Values,
  call: Pick<HelmCall, "environment" | "signal">,
): Promise<string | undefined> {
  if (locating.some((name) => hasUnknown(inputs[name]))) return undefined;
  const { args, files } = chartLocation(reveal(inputs) as ChartInputs);
  const { version } = parse(await helm({ args: ["show", "chart", ...args], files, ...call })) as { version: string };
  return version;
}

import * as pulumi from "@pulumi/pulumi";
import { chartReference, isOci } from "../federation/config/sources.ts";

/** Where a Helm chart comes from. */
export interface ChartSource {
  /** Name of the chart in `chartRepository`, path of a directory, or address `oci://host/path/name`. */
  chart: pulumi.Input<string>;
  /** URL of the chart repository, `https://...` or `oci://...`. Plain or an output; left out for a directory. */
  chartRepository?: pulumi.Input<string>;
  /** Version of the chart. Ignored for a directory, which holds one version. */
  chartVersion?: pulumi.Input<string>;
}

/** The arguments by which a Release and a Chart of the Kubernetes provider find a chart. */
export function chartArgs({ chart, chartRepository, chartVersion: version }: ChartSource) {
  if (chartRepository === undefined) return typeof chart === "string" && !isOci(chart) ? { chart } : { chart, version };
  if (typeof chart === "string" && typeof chartRepository === "string")
    return { ...chartReference(chart, chartRepository), version };
  const reference = pulumi.all([chart, chartRepository]).apply(([name, url]) => chartReference(name, url));
  return {
    chart: reference.apply((found) => found.chart),
    repositoryOpts: reference.apply((found) => found.repositoryOpts ?? {}),
    version,
  };
}

/** Seconds that a Release waits for the objects of its chart. */
export const releaseTimeout = 300;

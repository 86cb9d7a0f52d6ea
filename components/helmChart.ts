import type * as pulumi from "@pulumi/pulumi";

/** Where a Helm chart comes from. */
export interface ChartSource {
  /** Name of the chart in `chartRepository`, or path of a directory. */
  chart: pulumi.Input<string>;
  /** URL of the chart repository. Plain or an output; left out for a directory. */
  chartRepository?: pulumi.Input<string>;
  /** Version of the chart. Ignored for a directory, which holds one version. */
  chartVersion?: pulumi.Input<string>;
}

/** The arguments by which a Release and a Chart of the Kubernetes provider find a chart. */
export function chartArgs({ chart, chartRepository, chartVersion }: ChartSource) {
  return chartRepository === undefined
    ? { chart }
    : { chart, repositoryOpts: { repo: chartRepository }, version: chartVersion };
}

/** Seconds that a Release waits for the objects of its chart. */
export const releaseTimeout = 300;

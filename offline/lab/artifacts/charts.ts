import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileHash, type Artifact } from "../../../tools/artifact.ts";
import { VERSIONS } from "../images/names.ts";
import { goFolder, sourcesOf } from "./goModule.ts";
import { ISTIO_MODULE } from "./istio.ts";

/** A chart in a Go module: the module, the module of the lab that pins its version, and the chart's folder. */
interface ChartSource {
  module: string;
  pinnedBy: string;
  folder: string;
  /** Versions to write into the chart. */
  stamp?: { version: string; appVersion: string };
}

/** Istio's sources have version 1.0.0, which Istio's release tools and the lab replace. Helm needs three numbers. */
const istioStamp = { version: VERSIONS.istio.replace(/^(\d+\.\d+)/, "$1.0"), appVersion: VERSIONS.istio };

/** The charts by the names under which a clone's `.federation/charts` links to them. */
export const CHARTS = {
  base: { module: ISTIO_MODULE, pinnedBy: "istio", folder: "manifests/charts/base", stamp: istioStamp },
  istiod: {
    module: ISTIO_MODULE,
    pinnedBy: "istio",
    folder: "manifests/charts/istio-control/istio-discovery",
    stamp: istioStamp,
  },
  gateway: { module: ISTIO_MODULE, pinnedBy: "istio", folder: "manifests/charts/gateway", stamp: istioStamp },
  metallb: { module: "go.universe.tf/metallb", pinnedBy: "metallb", folder: "charts/metallb" },
} as const satisfies Record<string, ChartSource>;

/** The official Helm charts from Istio's and MetalLB's Go modules: one folder each, named as in {@link CHARTS}. */
export const charts: Artifact = {
  name: "charts",
  inputs: {
    charts: JSON.stringify(CHARTS),
    modules: fileHash(...["istio", "metallb"].map((name) => join(goFolder(name), "go.mod"))),
  },
  expectedSeconds: 5,
  async build(context) {
    for (const [name, chart] of Object.entries<ChartSource>(CHARTS)) {
      const target = join(context.dir, name);
      const sources = await sourcesOf(context, chart.pinnedBy, chart.module);
      await context.run("cp", ["-r", "--no-preserve=mode", join(sources, chart.folder), target]);
      const file = join(target, "Chart.yaml");
      if (chart.stamp) writeFileSync(file, stamped(readFileSync(file, "utf8"), chart.stamp));
    }
  },
};

/** A Chart.yaml with other versions in its top-level fields. */
export function stamped(chart: string, stamp: { version: string; appVersion: string }): string {
  return chart
    .replace(/^version:.*$/m, `version: ${stamp.version}`)
    .replace(/^appVersion:.*$/m, `appVersion: ${JSON.stringify(stamp.appVersion)}`);
}

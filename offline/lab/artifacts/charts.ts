import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileHash, type Artifact } from "../../../tools/artifact.ts";
import { VERSIONS } from "../images/names.ts";
import { goFolder, sourcesOf } from "./goModule.ts";
import { ISTIO_MODULE } from "./istio.ts";

/** A chart: the Go module whose folder holds it, which of the lab's modules pins that, and where in it. */
interface ChartSource {
  module: string;
  pinnedBy: string;
  folder: string;
  /** Version to write into a chart that states none of its own. */
  stamp?: { version: string; appVersion: string };
}

/** Helm wants three numbers; Istio's sources say 1.0.0, which its release tooling replaces, and so does the lab. */
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
  metallb: { module: "go.universe.tf/metallb", pinnedBy: "metallb", folder: "charts/metallb" },
} as const satisfies Record<string, ChartSource>;

/** The official Helm charts, which Istio's and MetalLB's Go modules hold: one folder each, named as in {@link CHARTS}. */
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

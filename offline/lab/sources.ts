import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ArtifactSources } from "../../federation/config/sources.ts";
import { CHARTS } from "./artifacts/charts.ts";
import { IMAGES, VERSIONS } from "./images/names.ts";
import type { LabPaths } from "./paths.ts";

/** A clone's link to a chart, relative to the project, because Pulumi's state must not depend on the machine. */
const chart = (name: keyof typeof CHARTS): string => `./.federation/charts/${name}`;

/** MetalLB's chart waits ten seconds before the first readiness probe. Its pods are ready after one. */
const READY_SOON = { readinessProbe: { initialDelaySeconds: 1, periodSeconds: 2 } };

const image = (name: string): { repository: string; tag: string; pullPolicy: string } => {
  const at = name.lastIndexOf(":");
  return { repository: name.slice(0, at), tag: name.slice(at + 1), pullPolicy: "IfNotPresent" };
};

/** The artifact sources of a lab: charts, images and versions. */
export function labSources(): ArtifactSources {
  return {
    nodeImage: IMAGES.node,
    kubernetesVersion: VERSIONS.kubernetes,
    istio: {
      version: VERSIONS.istio,
      istioMinor: VERSIONS.istioMinor,
      hub: IMAGES.istioHub,
      tag: VERSIONS.istio,
      imagePullPolicy: "IfNotPresent",
      charts: { base: chart("base"), istiod: chart("istiod"), gateway: chart("gateway") },
      // The Envoy of the package index lacks the filters that Istio's own build adds.
      istiodValues: {
        telemetry: { enabled: false },
        env: {
          PILOT_ENABLE_METADATA_EXCHANGE: "false",
          PILOT_ENABLE_ALPN_FILTER: "false",
          PILOT_DISABLE_MX_ALPN: "true",
        },
      },
    },
    metallb: {
      version: VERSIONS.metallb,
      chart: chart("metallb"),
      values: {
        controller: { image: image(IMAGES.metallbController), ...READY_SOON },
        speaker: { image: image(IMAGES.metallbSpeaker), frr: { enabled: false }, ...READY_SOON },
        frrk8s: { enabled: false },
      },
    },
    images: { sleep: IMAGES.curl, httpbin: IMAGES.httpbin },
  };
}

/** Writes `.federation/sources.json` and the links to the charts in folder `charts`. Each write is atomic. */
export function writeSources(paths: LabPaths, charts: string): void {
  const links = join(paths.federation, "charts");
  mkdirSync(links, { recursive: true });
  for (const name of Object.keys(CHARTS)) {
    const next = join(links, `.${name}.next`);
    rmSync(next, { force: true });
    symlinkSync(join(charts, name), next);
    renameSync(next, join(links, name));
  }
  const file = join(paths.federation, "sources.json");
  writeFileSync(`${file}.next`, `${JSON.stringify(labSources(), undefined, 2)}\n`);
  renameSync(`${file}.next`, file);
}

import { globSync, readFileSync } from "node:fs";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import {
  istioChartRepositories,
  istioReleases,
  metallbChartRepositories,
  metallbVersion,
  minorOf,
  releaseSources,
  supportedIstioMinors,
} from "../../../federation/config/versions.ts";
import { labSources } from "../../../offline/lab/sources.ts";

const releases: string[] = Object.values(istioReleases);
const docs = readFileSync("docs/machines.md", "utf8");

/** Files that tell people or CI which version to use. */
const files = ["README.md", "Pulumi.yaml", "docs", "stacks", "examples", ".github", ".ci"].flatMap((path) =>
  path.includes(".") && !path.startsWith(".")
    ? [path]
    : globSync(`${path}/**/*.{md,yml,yaml,json}`).concat(globSync(`${path}/run`)),
);

describe("the releases of Istio", () => {
  test("are one of each supported minor", () => {
    expect(Object.keys(istioReleases)).toEqual(supportedIstioMinors);
    for (const [minor, version] of Object.entries(istioReleases)) {
      expect(minorOf(version)).toBe(minor);
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  test("are those of the documentation, with where their charts are", () => {
    const rows = [...docs.matchAll(/^\| (1\.\d+) \| (1\.\d+\.\d+) \|/gm)].map(([, minor, version]) => [minor, version]);
    expect(Object.fromEntries(rows)).toEqual(istioReleases);
    for (const url of [...Object.values(istioChartRepositories), ...Object.values(metallbChartRepositories)])
      expect(docs).toContain(`\`${url}\``);
    expect(docs).toContain(`MetalLB ${metallbVersion}`);
  });

  test.each(files)("are what %s names for an Istio", (file) => {
    const named = [...readFileSync(file, "utf8").matchAll(/\b(?:istio\S*:.*version: |istio[/:@ ]?v?)(1\.\d+\.\d+)/gi)];
    expect(named.map(([, version]) => version).filter((version) => !releases.includes(version!))).toEqual([]);
  });

  test("are at hosts that keep them: none is named that was switched off", () => {
    const gone = ["storage.googleapis.com", "gcr.io/istio", "registry.istio.io"];
    const sources = JSON.stringify([releaseSources, istioChartRepositories, metallbChartRepositories]);
    expect(gone.filter((host) => sources.includes(host))).toEqual([]);
    const code = globSync("{federation,components,infra,tools,workspace,offline,review,policy,bench}/**/*.ts");
    for (const file of [...files, ...code].filter((name) => !name.includes("node_modules")))
      expect([file, gone.filter((host) => readFileSync(file, "utf8").includes(host))]).toEqual([file, []]);
  });
});

describe("a managed Istio of a minor", () => {
  const read = (istio: object, sources = releaseSources) =>
    readMeshConfig(
      {
        mesh: { name: "east" },
        cluster: { provider: "existing", kubeconfigPath: "x" },
        istio: { provider: "managed", ...istio },
      },
      "east",
      sources,
    );

  test.each(supportedIstioMinors)("%s has the release of that minor, images included", (istioMinor) => {
    const { istio, istioVersion, istioMinor: minor } = read({ istioMinor });
    expect([istioVersion, minor]).toEqual([istioReleases[istioMinor], istioMinor]);
    expect(istio.version ?? releaseSources.istio.tag).toBe(istioReleases[istioMinor]);
  });

  test("keeps the version that is named, that of its own charts, and that of a lab", () => {
    expect(read({ istioMinor: "1.31", version: "1.42.0" }).istioVersion).toBe("1.42.0");
    const charts = { base: "./base", istiod: "./istiod" };
    expect(read({ istioMinor: "1.31", charts }).istioVersion).toBe(releaseSources.istio.version);
    expect(read({ istioMinor: "1.30" }, labSources()).istioVersion).toBe(labSources().istio.version);
  });
});

import * as pulumi from "@pulumi/pulumi";
import { chartArgs, type ChartSource } from "../../../components/helmChart.ts";
import { record } from "./graph.ts";

const istio = "oci://ghcr.io/istio/release/charts";

const cases: { what: string; source: ChartSource; args: object }[] = [
  {
    what: "of a repository by its name",
    source: { chart: "istiod", chartRepository: "https://charts.example", chartVersion: "1.30.5" },
    args: { chart: "istiod", repositoryOpts: { repo: "https://charts.example" }, version: "1.30.5" },
  },
  {
    what: "of an OCI registry by its whole address",
    source: { chart: "istiod", chartRepository: istio, chartVersion: "1.30.5" },
    args: { chart: `${istio}/istiod`, version: "1.30.5" },
  },
  {
    what: "of an OCI registry whose address ends with a slash",
    source: { chart: "istiod", chartRepository: `${istio}/`, chartVersion: "1.30.5" },
    args: { chart: `${istio}/istiod`, version: "1.30.5" },
  },
  {
    what: "given by its address in an OCI registry, of the version",
    source: { chart: `${istio}/istiod`, chartVersion: "1.30.5" },
    args: { chart: `${istio}/istiod`, version: "1.30.5" },
  },
  {
    what: "of a directory by its path",
    source: { chart: "./charts/istiod", chartVersion: "1.30.5" },
    args: { chart: "./charts/istiod" },
  },
];

describe("a chart is found", () => {
  test.each(cases)("$what", ({ source, args }) => expect(chartArgs(source)).toEqual(args));

  test("by outputs as by plain values", async () => {
    const resolved = (chartRepository: string) =>
      new Promise<object>((done) =>
        pulumi
          .output(
            chartArgs({
              chart: pulumi.output("istiod"),
              chartRepository: pulumi.output(chartRepository),
              chartVersion: "1.30.5",
            }),
          )
          .apply((found) => done(found)),
      );
    let found: object[] = [];
    await record(async () => void (found = [await resolved(istio), await resolved("https://charts.example")]));
    expect(found).toEqual([
      { chart: `${istio}/istiod`, repositoryOpts: {}, version: "1.30.5" },
      { chart: "istiod", repositoryOpts: { repo: "https://charts.example" }, version: "1.30.5" },
    ]);
  });
});

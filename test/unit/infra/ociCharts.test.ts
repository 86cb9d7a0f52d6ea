import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { named } from "../components/graph.ts";
import { labSources } from "../../../offline/lab/sources.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import { sourcesVariable } from "../../../workspace/sources.ts";
import { committed, run } from "./meshStack.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

const istio = "oci://ghcr.io/istio/release/charts";
const metallb = "oci://quay.io/metallb/chart";

describe("charts of a mesh come from an OCI registry", () => {
  beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));
  afterEach(() => void delete process.env[sourcesVariable]);

  test.each(["release", "registry"])("where the stack file names one, with source %s", async (source) => {
    const lab = join(tmpdir(), `sources-${process.pid}.json`);
    writeFileSync(lab, JSON.stringify(labSources()));
    if (source === "registry") process.env[sourcesVariable] = lab;
    const config = {
      ...committed("west"),
      "mesh-federation:istio": { provider: "managed", version: "1.31.1", chartRepository: istio },
      "mesh-federation:loadBalancer": { provider: "metallb", chartRepository: metallb },
    };
    const graph = await run("west", { config });
    const charts = ["istio-base", "istio-istiod", "east-west-gateway-chart", "load-balancer-metallb"].map((name) => {
      const { chart, version, repositoryOpts } = named(graph, name).inputs;
      return [chart, version, repositoryOpts];
    });
    expect(charts).toEqual([
      [`${istio}/base`, "1.31.1", undefined],
      [`${istio}/istiod`, "1.31.1", undefined],
      [`${istio}/gateway`, "1.31.1", undefined],
      [`${metallb}/metallb`, releaseSources.metallb.version, undefined],
    ]);
  });

  test.each(["charts.example", "oci://", "file:///charts", "oci:ghcr.io"])(
    "but not from %j",
    async (chartRepository) => {
      const config = { ...committed("west"), "mesh-federation:istio": { provider: "managed", chartRepository } };
      await expect(run("west", { config })).rejects.toMatchObject({
        code: "config-invalid",
        details: [expect.objectContaining({ subject: "istio.chartRepository" })],
      });
    },
  );
});

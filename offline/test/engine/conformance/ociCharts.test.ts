import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartArgs } from "../../../../components/helmChart.ts";
import { Cluster } from "../../../../test/engine/support/cluster.ts";
import { serveChart } from "../../../../test/engine/support/ociRegistry.ts";

let cluster: Cluster;
beforeAll(async () => void (cluster = await Cluster.start()), 200_000);
afterAll(() => cluster?.stop());

test("a Release and a Chart take the chart of an OCI registry by its address and version", async () => {
  const project = cluster.project();
  await cluster.namespace("oci");
  const chart = join(project.folder, "app");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: app\nversion: 1.2.3\n");
  writeFileSync(
    join(chart, "templates", "map.yaml"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n" +
      "data: {version: {{ .Chart.Version | quote }}}\n",
  );
  const archive = execFileSync("tar", ["-cz", "-C", project.folder, "app"]);
  const registry = await serveChart(archive, { name: "app", version: "1.2.3" });
  try {
    const found = chartArgs({
      chart: "app",
      chartRepository: `oci://${registry.host}/some/charts`,
      chartVersion: "1.2.3",
    });
    const args = JSON.stringify({ ...found, namespace: "oci" }).slice(1, -1);
    const program =
      `new k8s.helm.v3.Release("release", { name: "release", ${args} }, opts);` +
      `new k8s.helm.v4.Chart("chart", { name: "chart", ${args} }, opts);`;
    await project.up(program);
    for (const name of ["release", "chart"])
      expect((await cluster.get(`/api/v1/namespaces/oci/configmaps/${name}`)).data).toEqual({ version: "1.2.3" });
    expect(registry.asked).toContain("/v2/some/charts/app/manifests/1.2.3");
    expect((await project.preview()).steps).toEqual([]);
    await project.destroy();
  } finally {
    registry.stop();
  }
}, 300_000);

import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { withHelm } from "./stubHelm.ts";

const map = "---\n# Source: app/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n";
const listed = JSON.stringify([
  { name: "app", namespace: "n", revision: "3", status: "deployed", chart: "app-1.2.3", app_version: "4" },
]);

/** A cluster with the release `app`, and a chart. */
function helmWith(chart: string): string {
  return `case "$1-$2" in
  list-*) echo '${listed}';;
  get-values) echo '{"text":"one"}';;
  get-manifest) cat <<'EOF'
${map}EOF
;;
  show-chart) ${chart};;
esac`;
}

const cluster = { namespace: "n", kubeconfigText: "", options: { helmEnvironment: {} } } as unknown as Cluster;
const request = {
  urn: "urn",
  type: "t",
  name: "app",
  id: "n/app",
  properties: {},
  inputs: {},
  randomSeed: new Uint8Array(4),
  cluster,
  engine: { log: () => undefined },
  signal: new AbortController().signal,
};

describe("an imported release", () => {
  test("does not differ from a program that describes it", async () => {
    const helm = helmWith("echo 'version: 1.2.3'");
    const read = (await withHelm(helm, () => release.read(request)))!;
    expect(read.properties["status"]).toMatchObject({ revision: 3, chart: "app", version: "1.2.3" });
    const news = { chart: "app", name: "app", namespace: "n", version: "1.2.3", values: { text: "one" } };
    const checked = await withHelm(helm, () => release.check({ ...request, olds: read.inputs, news }));
    const olds = { olds: read.properties, oldInputs: read.inputs, ignoreChanges: [] };
    expect(await release.diff({ ...request, ...olds, news: checked.inputs })).toMatchObject({ changes: false });
  });

  test("needs no chart", async () => {
    const helm = helmWith("echo 'Error: failed to download' >&2; exit 1");
    const read = (await withHelm(helm, () => release.read(request)))!;
    expect(read.inputs).toMatchObject({ version: "1.2.3", values: { text: "one" } });
    expect(read.inputs).not.toHaveProperty("resourceNames");
    expect(read.properties).toMatchObject({ resourceNames: { "ConfigMap/v1": ["app"] } });
  });
});

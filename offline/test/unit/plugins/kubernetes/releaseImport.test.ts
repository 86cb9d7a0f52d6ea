import { createHash } from "node:crypto";
import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { withHelm } from "./stubHelm.ts";

const map = "---\n# Source: app/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n";
const listed = JSON.stringify([
  { name: "app", namespace: "n", revision: "3", status: "deployed", chart: "app-1.2.3", app_version: "4" },
]);

/** A cluster with the release `app`, and whatever helm says of its chart. */
function helmWith(template: string): string {
  return `case "$1-$2" in list-*) echo '${listed}';; get-values) echo '{"text":"one"}';; get-manifest) cat <<'EOF'\n${map}EOF\n;; template-*) ${template};; esac`;
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

test("an imported release has the checksum that Check computes, so nothing differs afterwards", async () => {
  const template = `cat <<'EOF'\n${map}EOF\n`;
  const read = (await withHelm(helmWith(template), () => release.read(request)))!;
  expect(read.inputs["checksum"]).toBe(createHash("sha256").update(map).digest("hex"));
  expect(read.properties["status"]).toMatchObject({ revision: 3, chart: "app", version: "1.2.3" });
  const { inputs: news } = await withHelm(helmWith(template), () =>
    release.check({
      ...request,
      olds: read.inputs,
      news: { chart: "app", name: "app", namespace: "n", version: "1.2.3", values: { text: "one" } },
    }),
  );
  expect(
    await release.diff({ ...request, olds: read.properties, oldInputs: read.inputs, news, ignoreChanges: [] }),
  ).toMatchObject({ changes: false });
});

test("a chart that cannot be found by its name alone stops no import", async () => {
  const read = (await withHelm(helmWith("echo 'Error: failed to download' >&2; exit 1"), () => release.read(request)))!;
  expect(read.inputs).toMatchObject({
    checksum: "",
    resourceNames: { "ConfigMap/v1": ["app"] },
    values: { text: "one" },
  });
});

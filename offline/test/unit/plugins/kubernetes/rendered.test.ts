import { createHash } from "node:crypto";
import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import { rendered } from "../../../../plugins/kubernetes/charts/rendered.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { withHelm } from "./stubHelm.ts";

const sum = (text: string) => createHash("sha256").update(text).digest("hex");
const map = "---\n# Source: app/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\n";
const role =
  "---\n# Source: app/templates/role.yaml\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: app\n  namespace: n\n";
const hook = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations:\n    "helm.sh/hook": post-delete`;
const source = (text: string) => `---\n# Source: app/templates/hook.yaml\n${text}\n`;

test("the checksum is that of the manifest and the hooks, joined as the official plugin joins them", () => {
  expect(rendered(map + role, "x").checksum).toBe(sum(map + role));
  expect(rendered(map + source(hook("a")) + source(hook("b")), "x").checksum).toBe(
    sum(`${map}\n---\n${hook("a")}\n---\n${hook("b")}`),
  );
});

test("names by kind, sorted, with the namespace that the manifest names", () => {
  expect(rendered(map + role + source(hook("a")), "x").resourceNames).toEqual({
    "ConfigMap/v1": ["a", "app"],
    "Role.rbac.authorization.k8s.io/rbac.authorization.k8s.io/v1": ["n/app"],
  });
});

test("a chart that makes nothing", () => {
  expect(rendered("\n", "x")).toEqual({ checksum: sum("\n"), resourceNames: {} });
});

test.each([
  { name: "the same text", checksum: sum(map), expected: { "Known/v1": ["before"] } },
  { name: "another text", checksum: sum(role), expected: { "ConfigMap/v1": ["app"] } },
  { name: "an imported release", checksum: "", expected: { "ConfigMap/v1": ["app"] } },
])("a release's names are read anew unless its text is the one of last time: $name", async ({ checksum, expected }) => {
  const cluster = { namespace: "n", options: { helmEnvironment: {} } } as unknown as Cluster;
  const request = {
    urn: "urn",
    type: "t",
    name: "app",
    randomSeed: new Uint8Array(4),
    cluster,
    engine: { log: () => undefined },
    signal: new AbortController().signal,
  };
  const check = () =>
    release.check({
      ...request,
      olds: { checksum, resourceNames: { "Known/v1": ["before"] } },
      news: { chart: "./app" },
    });
  const { inputs, failures } = await withHelm(`cat <<'EOF'\n${map}EOF`, check);
  expect(failures).toEqual([]);
  expect(inputs).toMatchObject({ checksum: sum(map) });
  expect(inputs["resourceNames"]).toEqual(expected);
});

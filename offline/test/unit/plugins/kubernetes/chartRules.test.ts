import { constructChart } from "../../../../plugins/kubernetes/charts/chart.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { constructConfigGroup } from "../../../../plugins/kubernetes/manifests/configGroup.ts";
import type { Values } from "../../../../plugins/shared/values.ts";
import { startMonitor } from "../../../../../test/engine/support/monitor.ts";
import { withHelm } from "./stubHelm.ts";

const cluster = {
  namespace: "n",
  kubeconfigText: "",
  options: { helmEnvironment: {} },
  serverVersion: async () => "v1.34.4",
  apiVersions: async () => ["v1", "apps/v1"],
  resourceOf: async () => ({ namespaced: true }),
} as unknown as Cluster;
const object = (name: string, annotations: object) => {
  const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations } };
  return `---\n# Source: parent/charts/sub/templates/a.yaml\n${JSON.stringify(manifest)}\n`;
};
const policy = (value: string) => ({ "helm.sh/resource-policy": value });

/** What a component registers and says. */
async function construct(component: "helm.sh/v4:Chart" | "yaml/v2:ConfigGroup" | "yaml/v2:ConfigFile", inputs: Values) {
  const logs: string[] = [];
  const stand = await startMonitor(({ name }) => ({ urn: `urn:${name}`, id: name }));
  try {
    const request = {
      type: `kubernetes:${component}`,
      name: "c",
      parent: "",
      dependencies: [],
      providers: {},
      monitorEndpoint: stand.address,
      inputs,
      signal: new AbortController().signal,
    } as never;
    const build = component === "helm.sh/v4:Chart" ? constructChart : constructConfigGroup;
    await build(request, {
      cluster,
      engine: { log: (severity, message, urn) => void logs.push(`${severity} ${urn}: ${message}`) },
    });
    return {
      logs,
      retained: Object.fromEntries(
        stand.registrations.filter(({ custom }) => custom).map(({ name, retainOnDelete }) => [name, retainOnDelete]),
      ),
    };
  } finally {
    stand.stop();
  }
}

describe("a chart", () => {
  test("keeps objects by its resource policies and warns about other policies", async () => {
    const text = object("kept", policy("keep")) + object("other", policy("leave")) + object("plain", {});
    const { logs, retained } = await withHelm(`cat <<'EOF'\n${text}EOF`, () =>
      construct("helm.sh/v4:Chart", { chart: "./app" }),
    );
    expect(retained).toEqual({ "c:n/kept": true, "c:n/other": false, "c:n/plain": false });
    expect(logs).toEqual(['warning urn:c: Unsupported Helm resource policy "leave"']);
  });

  test("that is deprecated gives a warning with its name", async () => {
    const print = `cat <<'EOF'\n${object("plain", {})}EOF\n`;
    const { logs } = await withHelm(`echo "WARNING: This chart is deprecated" >&2; ${print}`, () =>
      construct("helm.sh/v4:Chart", { chart: "./app" }),
    );
    expect(logs).toEqual(["warning urn:c: Using a deprecated Helm chart (parent)"]);
    expect(
      (
        await withHelm(`echo "walk.go: found symbolic link" >&2; ${print}`, () =>
          construct("helm.sh/v4:Chart", { chart: "./app" }),
        )
      ).logs,
    ).toEqual([]);
  });
});

describe("a group of manifests", () => {
  test("keeps no object by a resource policy", async () => {
    const { logs, retained } = await construct("yaml/v2:ConfigGroup", { yaml: object("kept", policy("keep")) });
    expect([logs, retained]).toEqual([[], { "c:n/kept": false }]);
  });
});

describe("the inputs of a chart", () => {
  test("each reach Helm", async () => {
    // The arguments, but for the files, which have made-up places.
    const script = `for a in "$@"; do case "$a" in /*) ;; *) printf '%s ' "$a" >&2;; esac; done; exit 1`;
    const inputs: Values = {
      chart: "app",
      name: "own",
      namespace: "there",
      version: "1",
      devel: true,
      dependencyUpdate: true,
      verify: true,
      plainHttp: true,
      keyring: { path: "ring" },
      repositoryOpts: { repo: "https://charts.example" },
      skipCrds: true,
      postRenderer: { command: "kustomize", args: ["a", "b"] },
      valueYamlFiles: [{ text: "x: 1" }],
      values: { y: 2 },
    };
    const said = await withHelm(script, () => construct("helm.sh/v4:Chart", inputs)).catch(
      (error: Error) => error.message,
    );
    expect(said).toContain(
      [
        "template own app --values --values --repo https://charts.example --version 1 --devel --verify --plain-http",
        "--keyring ring --dependency-update --namespace there --skip-crds --no-hooks --skip-tests",
        "--post-renderer kustomize --post-renderer-args a --post-renderer-args b",
        "--kube-version v1.34.4 --api-versions v1,apps/v1 --dry-run=server",
      ].join(" "),
    );
  });
});

describe("the inputs of a group", () => {
  test.each<{ component: "yaml/v2:ConfigGroup" | "yaml/v2:ConfigFile"; inputs: Values; message: RegExp }>([
    {
      component: "yaml/v2:ConfigGroup",
      inputs: { file: "a.yaml" },
      message: /ConfigGroup c: file is no input .* It knows files, objs/,
    },
    {
      component: "yaml/v2:ConfigFile",
      inputs: { file: "a.yaml", transformations: [] },
      message: /ConfigFile c: transformations is no input .* It knows file, resourcePrefix/,
    },
    { component: "yaml/v2:ConfigFile", inputs: { skipAwait: true }, message: /ConfigFile c: file is missing/ },
    {
      component: "yaml/v2:ConfigFile",
      inputs: { file: "https://example.com/a.yaml" },
      message: /files from the network are not built .* download the file/,
    },
    { component: "yaml/v2:ConfigGroup", inputs: { files: ["no/such/*.yaml"] }, message: /there is no file no\/such/ },
    {
      component: "yaml/v2:ConfigGroup",
      inputs: { files: ["offline"] },
      message: /offline is a folder; name its files, e\.g\. offline\/\*\.yaml/,
    },
  ])("reject $inputs", async ({ component, inputs, message }) => {
    await expect(construct(component, inputs)).rejects.toThrow(message);
  });
});

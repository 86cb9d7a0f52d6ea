import { release } from "../../../../plugins/kubernetes/charts/release.ts";
import type { Cluster } from "../../../../plugins/kubernetes/cluster.ts";
import { Secret, type Values } from "../../../../plugins/shared/values.ts";
import { recordedReleases, type ReleaseState } from "../../../support/plugins/traces.ts";
import { withHelm } from "../kubernetes/stubHelm.ts";

const cluster = { namespace: "default", kubeconfigText: "", options: { helmEnvironment: {} } } as unknown as Cluster;
const base = {
  urn: "urn:pulumi:s::p::kubernetes:helm.sh/v3:Release::app",
  type: "kubernetes:helm.sh/v3:Release",
  cluster,
  engine: { log: () => undefined },
  signal: new AbortController().signal,
};

/** `takeOwnership` is an input since a later version of the plugin than the recorded one. */
const later = { takeOwnership: false };

const stateOf = (outputs: Values, inputs: Values): Values => ({ ...outputs, __inputs: new Secret(inputs) });

/** A Helm that knows the chart, and the release once it is installed. */
function helmFor({ outputs }: ReleaseState, installed: boolean): string {
  const { appVersion, chart, name, namespace, revision, status, version } = outputs["status"];
  const listed = {
    name,
    namespace,
    revision: String(revision),
    status,
    chart: `${chart}-${version}`,
    app_version: appVersion,
  };
  const manifest = Object.entries(outputs["resourceNames"] as Record<string, string[]>).flatMap(([key, names]) =>
    names.map((full) => {
      const at = key.indexOf("/");
      const [own, inNamespace] = full.split("/").reverse();
      const metadata = { name: own, ...(inNamespace ? { namespace: inNamespace } : {}) };
      return JSON.stringify({ apiVersion: key.slice(at + 1), kind: key.slice(0, at).split(".")[0], metadata });
    }),
  );
  return `${installed ? 'touch "$0.installed"' : ":"}
case "$1-$2" in
  show-chart) echo '{"name": "${chart}", "version": "${version}"}';;
  install-*) touch "$0.installed";;
  list-*) if [ -e "$0.installed" ]; then echo '${JSON.stringify([listed])}'; else echo '[]'; fi;;
  get-values) echo '${JSON.stringify(outputs["values"])}';;
  get-manifest) cat <<'EOF'
${manifest.join("\n---\n")}
EOF
esac`;
}

describe.each(recordedReleases())("16 release $name", (recorded) => {
  const { chart, name, namespace, values } = recorded.inputs;
  const given: Values = { chart, name, namespace, values, timeout: 300, compat: "true" };
  const official = stateOf(recorded.outputs as Values, recorded.inputs as Values);
  const request = { ...base, name: recorded.name };
  const identified = { ...request, id: `${namespace}/${name}` };
  const check = (olds: Values) =>
    withHelm(helmFor(recorded, false), () =>
      release.check({ ...request, olds, news: given, randomSeed: new Uint8Array(4) }),
    );

  test("Check", async () => {
    const { inputs, failures } = await check({});
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...recorded.inputs, ...later });
  });

  test("Diff with the official state: no change", async () => {
    const { inputs: news } = await check(recorded.inputs as Values);
    const oldInputs = recorded.inputs as Values;
    const answer = await release.diff({ ...identified, olds: official, oldInputs, news, ignoreChanges: [] });
    expect(answer).toMatchObject({ changes: false, replaces: [], detailedDiff: {} });
  });

  test("Create", async () => {
    const { inputs: properties } = await check({});
    const created = await withHelm(helmFor(recorded, false), () =>
      release.create({ ...request, properties, timeout: 0, preview: false }),
    );
    const { inputs, outputs } = recorded;
    expect(created).toEqual({
      id: identified.id,
      properties: stateOf({ ...outputs, ...later } as Values, { ...inputs, ...later } as Values),
    });
  });

  test("Update", async () => {
    const { inputs: news } = await check({});
    const updated = await withHelm(helmFor(recorded, true), () =>
      release.update({ ...identified, olds: official, oldInputs: {}, news, timeout: 0, preview: false } as never),
    );
    expect(updated.properties).toEqual(stateOf({ ...recorded.outputs, ...later } as Values, news));
  });

  test("Read of the official state changes nothing", async () => {
    const inputs = recorded.inputs as Values;
    const read = await withHelm(helmFor(recorded, true), () =>
      release.read({ ...identified, properties: official, inputs }),
    );
    expect(read).toEqual({ id: identified.id, inputs, properties: official });
  });

  test("Read for an import", async () => {
    const read = await withHelm(helmFor(recorded, true), () =>
      release.read({ ...identified, properties: {}, inputs: {} }),
    );
    const named = { ...later, chart: recorded.outputs["status"].chart };
    const inputs = { ...recorded.inputs, ...named } as Values;
    expect(read!.inputs).toEqual(inputs);
    expect(read!.properties).toEqual(stateOf({ ...recorded.outputs, ...named } as Values, inputs));
  });
});

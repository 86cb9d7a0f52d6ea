import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PluginProcess } from "../../support/plugins/pluginProcess.ts";
import { Bindings, recorded, titleOf, type Recorded } from "../../support/plugins/traces.ts";
import { ApiServer } from "../../../../test/engine/support/apiServer.ts";
import { startMonitor, type Registration } from "../../../../test/engine/support/monitor.ts";
import { Nodes } from "../../../../test/engine/support/nodes.ts";
import { installServiceEntries } from "../../../../test/engine/support/serviceEntries.ts";

/** What must differ: what the server makes up, and times. */
const varying = [
  /(^|\.)(uid|resourceVersion|creationTimestamp|nodePort|clusterIP|clusterIPs\[0\])$/,
  /\.conditions\[\d\]\.(last\w+Time|message)$/,
  // A new object's fields belong to its resource's own manager, by which an interrupted create is found again.
  /\.managedFields$/,
  /^properties\.__fieldManager$/,
];
/** How far the deployment has got is a matter of the moment. */
const moment = [...varying, /^properties\.status/];

const bindings = new Bindings();
let api: ApiServer;
let nodes: Nodes;
let plugin: PluginProcess;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mesh-federation-replay-"));
  api = await ApiServer.start();
  await installServiceEntries(api);
  nodes = new Nodes(api);
  plugin = await PluginProcess.start("kubernetes");
  bindings.bind("<kubeconfig>", api.kubeconfig);
  bindings.bind("<base64 3da7e844>", "YQ==");
  bindings.bind("<base64 d11b6192>", "Yg==");
  const configure = recorded("kubernetes").find((call) => call.method === "Configure")!;
  await plugin.call("Configure", bindings.of(configure.request));
}, 200_000);

afterAll(async () => {
  await plugin?.stop();
  await nodes?.stop();
  await api?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Recorded calls of these runs about objects; the charts' and groups' children are made by the run before. */
const calls = (file: string, methods: string[]) =>
  recorded("kubernetes").filter((call) => call.file === file && methods.includes(call.method));

async function replay(call: Recorded, ignored = varying): Promise<void> {
  const answer = await plugin.call(call.method, bindings.of(call.request));
  expect(answer.errors).toEqual(call.errors);
  expect(bindings.differences(call.response, answer.response, ignored)).toEqual([]);
}

const each = (list: Recorded[]) => list.map((call) => ({ title: titleOf(call), call }));

describe("create, read, update and replace", () => {
  test("01 create", async () => {
    const creates = calls("01", ["Create"]);
    const of = (kind: string) => creates.find((call) => call.request["type"].endsWith(`:${kind}`))!;
    await replay(of("Namespace"));
    await Promise.all(["ConfigMap", "Secret", "Deployment", "Service"].map((kind) => replay(of(kind))));
    await replay(of("ServiceEntry"));
    // What Istio did then.
    const entry = calls("03", ["Read"]).find((call) => call.request["type"].endsWith(":ServiceEntry"))!.response![
      "properties"
    ];
    await api.request(
      "PATCH",
      "/apis/networking.istio.io/v1/namespaces/proto/serviceentries/ext/status",
      { status: entry.status },
      "application/merge-patch+json",
    );
  }, 200_000);

  test.each(each(calls("03", ["Read"])))("$title", ({ call }) => replay(call), 60_000);
  test.each(each(calls("04", ["Create", "Update"])))("$title", ({ call }) => replay(call), 60_000);
  test.each(each(calls("05", ["Create", "Update", "Delete"])))("$title", ({ call }) => replay(call), 60_000);
});

describe.each(["06", "07"])("%s components", (file) => {
  const monitor = recorded("monitor").filter(
    (call) =>
      call.file === file ||
      (file === "07" && call.request["object"] && Object.keys(call.request["object"]).length === 0),
  );
  const idOf = (name: string) => (file === "06" ? "" : name.slice(name.indexOf(":") + 1));
  const urnOf = ({ type, name, parent }: Registration) => {
    const [project, , parentType] = [parent.split("::").slice(0, 2).join("::"), "", parent.split("::")[2]!];
    return `${project}::${parentType.endsWith(":Stack") ? type : `${parentType}$${type}`}::${name}`;
  };

  test.each(each(calls(file, ["Construct"])))("$title", async ({ call }) => {
    const prefix = `${call.request["name"]}:`;
    const children = monitor.filter((m) => m.request["name"].startsWith(prefix));
    const chart = writeChart(children.map((m) => m.request["object"]));
    const stand = await startMonitor((r) => ({ urn: urnOf(r), id: idOf(r.name) }));
    try {
      const request = bindings.of(call.request);
      if (request.inputs.chart) request.inputs.chart = chart;
      const answer = await plugin.call("Construct", { ...request, monitorEndpoint: stand.address });
      expect(answer.errors).toBeUndefined();
      const { stateDependencies: _, ...expected } = call.response!;
      // The order of a chart's objects is its templates'.
      const sorted = (response: any) => ({
        ...response,
        state: { resources: [...response.state.resources].sort((a, b) => a.urn.localeCompare(b.urn)) },
      });
      expect(sorted(answer.response)).toEqual(sorted(expected));
      const [component, ...made] = stand.registrations;
      expect(component).toMatchObject({
        type: call.request["type"],
        name: call.request["name"],
        parent: call.request["parent"],
        custom: false,
        dependencies: call.request["dependencies"],
      });
      const byUrn = (list: { type: string; name: string }[]) =>
        [...list].sort((a, b) => (a.type + a.name).localeCompare(b.type + b.name));
      expect(byUrn(made)).toEqual(
        byUrn(
          children.map(
            ({ request: r }) => ({ dependencies: [], retainOnDelete: false, ...r }) as unknown as Registration,
          ),
        ),
      );
    } finally {
      stand.stop();
    }
  });
});

describe("what the components' children become", () => {
  test.each(each(calls("06", ["Create"])))("$title", ({ call }) => replay(call), 60_000);
  test(
    "07 create",
    () => Promise.all(calls("07", ["Create"]).map((call) => replay(call, moment))).then(() => undefined),
    60_000,
  );
});

describe("a deployment that does not come up, and its recovery", () => {
  test("08 times out", async () => {
    const [call] = calls("08", ["Update"]);
    await replay({ ...call!, request: { ...call!.request, timeout: 4 } });
  }, 60_000);
  test(
    "09 recovers",
    () => replay(calls("09", ["Update"])[0]!, [...moment, /\.revision"?\]?$/, /generation$/i]),
    60_000,
  );
});

/** A chart whose templates are the given objects. */
function writeChart(objects: object[]): string {
  const chart = join(folder, "gateway");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), JSON.stringify({ apiVersion: "v2", name: "gateway", version: "1.0.0" }));
  objects.forEach((object, i) => writeFileSync(join(chart, "templates", `${i}.yaml`), JSON.stringify(object)));
  return chart;
}

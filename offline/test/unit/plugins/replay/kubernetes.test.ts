import { PluginProcess } from "../../../support/plugins/pluginProcess.ts";
import { Bindings, recorded, titleOf, type Recorded } from "../../../support/plugins/traces.ts";

/** Calls that need no cluster; the others are replayed against an API server in test/engine/replay. */
const methods = ["GetPluginInfo", "CheckConfig", "DiffConfig", "Configure", "Check", "Diff"];

/** What must differ: a name that is made up. */
const varying = (call: Recorded) =>
  call.method === "Check" && !("metadata" in call.request["olds"]) && !("name" in call.request["news"].metadata)
    ? [/^inputs\.metadata\.name$/]
    : [];

const bindings = new Bindings();
bindings.bind(
  "<kubeconfig>",
  JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "u", user: { token: "t" } }],
  }),
);
let plugin: PluginProcess;
beforeAll(async () => void (plugin = await PluginProcess.start("kubernetes")));
afterAll(() => plugin.stop());

const calls = recorded("kubernetes").filter((call) => methods.includes(call.method));

describe("the kubernetes plugin answers as recorded", () => {
  test.each(calls.map((call) => ({ title: titleOf(call), call })))("$title", async ({ call }) => {
    const answer = await plugin.call(call.method, bindings.of(call.request));
    expect(answer.errors).toEqual(call.errors);
    expect(bindings.differences(call.response, answer.response, varying(call))).toEqual([]);
  });
});

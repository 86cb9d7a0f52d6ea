import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { readConfig } from "../../../../plugins/kubernetes/config.ts";
import { PluginProcess } from "../../../support/plugins/pluginProcess.ts";

/** A plugin starts slowly where the machine has much to do. */
const timeout = 60_000;
const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m", namespace: "n" } };
const warnings = ["v1 ConfigMap is deprecated in v9.9+", 'unknown field "x"'];

/** As much of an API server as makes one kind of object; `silent`: it takes requests and says nothing. */
let silent = false;
const times: number[] = [];
const api = createServer((request, response) => {
  if (silent) return;
  if (request.method === "GET")
    return response.end(JSON.stringify({ resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] }));
  times.push(performance.now());
  response.setHeader("warning", warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(", "));
  response.end(JSON.stringify(object));
});

let plugin: PluginProcess;
beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  plugin = await PluginProcess.start("kubernetes");
}, timeout);
afterAll(async () => {
  await plugin.stop();
  api.closeAllConnections();
  api.close();
});

const configure = (more: Record<string, string>) => {
  const server = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
  const kubeconfig = JSON.stringify({
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: {} }],
  });
  return plugin.configure({ kubeconfig, ...more });
};
const create = () => {
  const type = "kubernetes:core/v1:ConfigMap";
  return plugin.call("Create", { urn: `urn:pulumi:s::p::${type}::m`, type, name: "m", properties: object });
};

describe("the client settings", () => {
  test.each<[Record<string, string>, string[]]>([
    [{}, warnings],
    [{ suppressDeprecationWarnings: "true" }, warnings.slice(1)],
  ])(
    "%j show the API server's warnings %j",
    async (options, shown) => {
      await configure(options);
      plugin.logged.length = 0;
      expect((await create()).errors).toBeUndefined();
      for (let i = 0; i < 1000 && plugin.logged.length < shown.length; i++) await sleep(10);
      expect(plugin.logged).toEqual(shown.map((text) => `warning: ${text}`));
    },
    timeout,
  );

  test(
    "limit the rate of requests",
    async () => {
      // Asking what the server has is the first request.
      await configure({ kubeClientSettings: `{"qps":5,"burst":1}` });
      times.length = 0;
      await Promise.all(Array.from({ length: 6 }, create));
      expect(times).toHaveLength(6);
      // A second by rights; the first may be seen late on a machine that is busy.
      expect(times[5]! - times[0]!).toBeGreaterThan(600);
    },
    timeout,
  );

  test(
    "limit the time of a request",
    async () => {
      await configure({ kubeClientSettings: `{"timeout":1}` });
      silent = true;
      expect((await create()).errors).toEqual([
        expect.stringMatching(/cluster is unreachable: .*no answer within 1 s/),
      ]);
    },
    timeout,
  );

  test.each<[string, object]>([
    [JSON.stringify({ burst: 200, qps: 99.5 }), { HELM_BURST_LIMIT: "200", HELM_QPS: "99.5" }],
    [JSON.stringify({ timeout: 5 }), {}],
    ["", {}],
  ])("%s give Helm %j", (kubeClientSettings, expected) => {
    expect(readConfig({ kubeconfig: "clusters: []\n", kubeClientSettings }).options.helmEnvironment).toEqual(expected);
  });
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { onStandIns, PluginProcess } from "../../../support/plugins/pluginProcess.ts";
import { startMonitor } from "../../../../../test/engine/support/monitor.ts";

const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
const configMap = (name: unknown, more: object, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  ...more,
});

/** As much of an API server as a group asks for. */
const server: Server = createServer(
  (_, response) =>
    void response
      .setHeader("content-type", "application/json")
      .end(JSON.stringify({ resources: [{ name: "configmaps", kind: "ConfigMap", namespaced: true }] })),
);
let plugin: PluginProcess;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  plugin = await PluginProcess.start("kubernetes");
  const clusters = [
    {
      name: "c",
      cluster: {
        server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        "insecure-skip-tls-verify": true,
      },
    },
  ];
  await plugin.configure({
    kubeconfig: JSON.stringify({
      "current-context": "c",
      contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      clusters,
      users: [{ name: "u", user: {} }],
    }),
  });
});
afterAll(async () => {
  await plugin?.stop();
  await new Promise((resolve) => server.close(resolve));
});

async function construct(inputs: object) {
  const type = "kubernetes:yaml/v2:ConfigGroup";
  const stand = await startMonitor(({ name }) => ({ urn: `urn:pulumi:s::p::t::${name}`, id: name }));
  try {
    const { errors } = await plugin.call("Construct", {
      project: "p",
      stack: "s",
      type,
      name: "g",
      parent: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s",
      monitorEndpoint: stand.address,
      parallel: 1,
      inputs,
    });
    return {
      errors,
      objects: Object.fromEntries(
        stand.registrations.filter(({ custom }) => custom).map(({ name, object }) => [name, object]),
      ),
    };
  } finally {
    stand.stop();
  }
}

// The official plugin takes its own objects' marks off, so this is a promise of the stand-in's alone.
const describeHere = onStandIns ? describe : describe.skip;

describeHere("what is secret in a group's inputs is so in its objects", () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, labels: {l: hush}}\ndata: {a: hush}\n`;
  const meta = { name: "m", namespace: "default" };

  test.each<{ name: string; inputs: object; expected: Record<string, object> }>([
    {
      name: "nothing",
      inputs: { yaml: text },
      expected: { "g:default/m": configMap("m", { data: { a: "hush" } }, { ...meta, labels: { l: "hush" } }) },
    },
    {
      name: "a text",
      inputs: { yaml: secret(text) },
      expected: {
        "g:default/m": configMap("m", { data: secret({ a: "hush" }) }, { ...meta, labels: secret({ l: "hush" }) }),
      },
    },
    {
      name: "one text of two",
      inputs: { yaml: [text.replace("name: m", "name: n"), secret(text)] },
      expected: {
        "g:default/n": configMap("n", { data: { a: "hush" } }, { ...meta, name: "n", labels: { l: "hush" } }),
        "g:default/m": configMap("m", { data: secret({ a: "hush" }) }, { ...meta, labels: secret({ l: "hush" }) }),
      },
    },
    {
      name: "a value",
      inputs: { objs: [configMap("m", { data: { a: secret("hush"), b: "plain" } })] },
      expected: { "g:default/m": configMap("m", { data: { a: secret("hush"), b: "plain" } }, meta) },
    },
    {
      name: "an object",
      inputs: { objs: [secret(configMap("m", { data: { a: "hush" } }))] },
      expected: { "g:default/m": configMap("m", { data: secret({ a: "hush" }) }, meta) },
    },
    {
      name: "all objects",
      inputs: { objs: secret([configMap("m", { data: { a: "hush" } })]) },
      expected: { "g:default/m": configMap("m", { data: secret({ a: "hush" }) }, meta) },
    },
    {
      name: "an item of a list",
      inputs: {
        objs: [
          {
            apiVersion: "v1",
            kind: "List",
            items: [configMap("n", { data: { a: "plain" } }), secret(configMap(secret("m"), { data: { a: "hush" } }))],
          },
        ],
      },
      expected: {
        "g:default/n": configMap("n", { data: { a: "plain" } }, { ...meta, name: "n" }),
        "g:default/m": configMap("m", { data: secret({ a: "hush" }) }, meta),
      },
    },
    {
      name: "metadata, not waited for",
      inputs: {
        skipAwait: true,
        objs: [{ ...configMap("m", {}), metadata: secret({ name: "m", annotations: { x: "hush" } }) }],
      },
      expected: {
        "g:default/m": configMap(
          "m",
          {},
          { ...meta, annotations: secret({ x: "hush", "pulumi.com/skipAwait": "true" }) },
        ),
      },
    },
  ])("$name", async ({ inputs, expected }) =>
    expect(await construct(inputs)).toEqual({ errors: undefined, objects: expected }),
  );

  test.each([
    { name: "no YAML", inputs: { yaml: secret("a: {hush") }, says: "g: text 1 of yaml is not valid YAML: " },
    { name: "an alias of nothing", inputs: { yaml: secret("a: *hush") }, says: "g: text 1 of yaml is not valid YAML" },
    {
      name: "no object",
      inputs: { yaml: secret("a: hush") },
      says: "g: text 1 of yaml holds something that is no Kubernetes object",
    },
    {
      name: "no object among objs",
      inputs: { objs: [secret({ a: "hush" }), "x"] },
      says: "g: objs holds something that is no Kubernetes object",
    },
  ])("an error does not show it: $name", async ({ inputs, says }) => {
    const { errors } = await construct(inputs);
    expect(errors?.[0]).toContain(says);
    expect(errors?.[0]).not.toContain("hush");
  });
});

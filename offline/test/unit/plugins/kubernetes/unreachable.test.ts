import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PluginProcess } from "../../../support/plugins/pluginProcess.ts";
import type { Json } from "../../../support/plugins/wire.ts";

/** A plugin starts slowly where the machine has much to do. */
const timeout = 60_000;
/** Nothing listens there. */
const kubeconfig = JSON.stringify({
  "current-context": "c",
  contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "u", user: { token: "t" } }],
});
const words = /configured Kubernetes cluster is unreachable: https:\/\/127\.0\.0\.1:1: /;

let plugin: PluginProcess;
beforeAll(async () => void (plugin = await PluginProcess.start("kubernetes")), timeout);
afterAll(() => plugin.stop());

/** Forgets what was said before, too. */
async function configure(options: Record<string, string>): Promise<void> {
  await plugin.configure({ kubeconfig, ...options });
  plugin.logged.length = 0;
}

async function ask(method: string, kind: string, request: Json): Promise<Json> {
  const type = `kubernetes:core/v1:${kind}`;
  const { response, errors } = await plugin.call(method, {
    urn: `urn:pulumi:s::p::${type}::m`,
    type,
    name: "m",
    ...request,
  });
  if (errors) throw new Error(errors.join("\n"));
  return response!;
}

/** Messages travel on their own. */
async function logged(count: number): Promise<string[]> {
  for (let i = 0; i < 1000 && plugin.logged.length < count; i++) await sleep(10);
  return plugin.logged;
}

const map = (data: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "m", namespace: "n" },
  data: { a: data },
});
const state = { ...map("1"), __inputs: map("1"), __fieldManager: "m", __initialApiVersion: "v1" };
const create = (preview: boolean, kind = "ConfigMap") => ask("Create", kind, { properties: map("1"), preview });
const update = (preview: boolean, kind = "ConfigMap") =>
  ask("Update", kind, { id: "n/m", olds: state, oldInputs: map("1"), news: map("2"), preview });
const read = (properties: Json) => ask("Read", "ConfigMap", { id: "n/m", properties, inputs: properties });
const remove = (kind = "ConfigMap") => ask("Delete", kind, { id: "n/m", properties: state, oldInputs: map("1") });
const check = (olds: Json) => ask("Check", "ConfigMap", { olds, news: map("2"), randomSeed: "AAAA" });

const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("an unreachable cluster", () => {
  test(
    "previews the inputs with one warning and fails everything else",
    async () => {
      await configure({});
      expect(await create(true)).toMatchObject({ properties: map("1") });
      for (const kind of ["ConfigMap", "ConfigMapPatch"])
        expect(await update(true, kind)).toEqual({ properties: map("2") });
      for (const kind of ["ConfigMap", "ConfigMapPatch"]) {
        await expect(create(false, kind)).rejects.toThrow(words);
        await expect(update(false, kind)).rejects.toThrow(words);
        await expect(remove(kind)).rejects.toThrow(/unreachable.*PULUMI_K8S_DELETE_UNREACHABLE=true/);
      }
      await expect(read(state)).rejects.toThrow(/unreachable.*PULUMI_K8S_DELETE_UNREACHABLE=true/);
      expect(await check(map("1"))).toMatchObject({ inputs: map("2") });
      expect(await logged(1)).toEqual([expect.stringMatching(words)]);
    },
    timeout,
  );

  test(
    "lets refresh and destroy drop resources with deleteUnreachable only",
    async () => {
      await configure({ deleteUnreachable: "true" });
      expect(await read(state)).not.toMatchObject({ id: "n/m" });
      await remove();
      await remove("ConfigMapPatch");
      await expect(update(false)).rejects.toThrow(words);
      expect(await logged(1)).toEqual([expect.stringMatching(/^warning: .*deleteUnreachable is set/)]);
    },
    timeout,
  );

  test(
    "leaves existing resources unchanged with skipUpdateUnreachable",
    async () => {
      await configure({ skipUpdateUnreachable: "true" });
      expect(await check(map("1"))).toMatchObject({ inputs: map("1") });
      expect(await read(state)).toMatchObject({ id: "n/m", properties: state, inputs: state });
      expect(await logged(2)).toEqual([
        expect.stringMatching(/^warning: .*nothing is changed/),
        expect.stringMatching(/^warning: .*may be out of date/),
      ]);
      expect(await check({})).toMatchObject({ inputs: map("2") });
      await expect(create(false)).rejects.toThrow(words);
      await expect(read({})).rejects.toThrow(words);
    },
    timeout,
  );

  test.each<[string, Record<string, string>, RegExp]>([
    ["a text that is none", { kubeconfig: "nonsense: [" }, /: the provider's kubeconfig cannot be read: /],
    [
      "a file that is not there",
      { kubeconfig: join(folder, "nosuch") },
      /nosuch" is neither the text of one nor an existing file/,
    ],
    ["a context that it lacks", { context: "nosuch" }, /has no context "nosuch"; it has c$/],
    [
      "a certificate that is not there",
      {
        kubeconfig: kubeconfig.replace(
          '"token":"t"',
          `"client-certificate":"${join(folder, "nosuch")}","client-key":"${join(folder, "nosuch")}"`,
        ),
      },
      /gives no credentials: .*nosuch/,
    ],
    [
      "a program that is not there",
      {
        kubeconfig: kubeconfig.replace(
          '"token":"t"',
          `"exec":{"apiVersion":"client.authentication.k8s.io/v1","command":"${join(folder, "nosuch")}"}`,
        ),
      },
      /gives no credentials: /,
    ],
  ])(
    "has an unusable kubeconfig: %s",
    async (_, options, reason) => {
      await configure(options);
      const said = new RegExp(`configured Kubernetes cluster is unreachable.*${reason.source}`);
      expect(await create(true)).toMatchObject({ properties: map("1") });
      expect(await logged(1)).toEqual([
        expect.stringMatching(/^warning: configured Kubernetes cluster is unreachable/),
      ]);
      for (const method of [() => create(false), () => update(false), () => read(state)])
        await expect(method()).rejects.toThrow(/unreachable/);
      await expect(create(false)).rejects.toThrow(said);
      await configure({ ...options, deleteUnreachable: "true" });
      await remove();
    },
    timeout,
  );
});

import { setTimeout as sleep } from "node:timers/promises";
import { DirectPlugin } from "../../../../test/engine/support/directPlugin.ts";

let served: DirectPlugin;
beforeAll(async () => void (served = await DirectPlugin.start()), 200_000);
afterAll(() => served?.stop());

const type = "kubernetes:core/v1:ConfigMap";
const path = "/api/v1/namespaces/default/configmaps";
const map = (name: string, metadata: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", ...metadata },
  data: {},
});
const held = { finalizers: ["example.com/late"] };
const release = (name: string) =>
  served.api.request("PATCH", `${path}/${name}`, { metadata: { finalizers: null } }, "application/merge-patch+json");

test("an object that a finalizer holds is waited for until it is gone", async () => {
  const { id, properties } = await served.create(type, map("late", held));
  const order: string[] = [];
  const deleting = served.delete(type, id, properties).then(() => order.push("deleted"));
  await sleep(1500);
  order.push("released");
  await release("late");
  await deleting;
  expect(order).toEqual(["released", "deleted"]);
  expect((await served.api.request("GET", `${path}/late`)).status).toBe(404);
}, 60_000);

test("one that stays is an error that names what holds it, after the time that its annotation gives", async () => {
  const { id, properties } = await served.create(
    type,
    map("stays", { ...held, annotations: { "pulumi.com/timeoutSeconds": "1" } }),
  );
  await expect(served.delete(type, id, properties)).rejects.toThrow(
    /"default\/stays" is still there 1 s after its deletion, held by its finalizers example\.com\/late/,
  );
  await release("stays");
}, 60_000);

test("the annotation that says what becomes of dependents may be written in any case", async () => {
  for (const [name, policy, left] of [
    ["orphans", "ORPHAN", true],
    ["takes", "background", false],
  ] as const) {
    const { id, properties } = await served.create(
      type,
      map(name, { annotations: { "pulumi.com/deletionPropagationPolicy": policy } }),
    );
    const owner = { apiVersion: "v1", kind: "ConfigMap", name, uid: properties["metadata"].uid };
    await served.api.request("POST", path, map(`${name}-child`, { ownerReferences: [owner] }));
    await served.delete(type, id, properties);
    const child = async () => (await served.api.request("GET", `${path}/${name}-child`)).status === 200;
    for (let i = 0; i < 160 && (await child()) !== left; i++) await sleep(250);
    if (left) await sleep(2000);
    expect(await child()).toBe(left);
  }
}, 60_000);

test("a namespace that is not to be waited for is left to its finalizers", async () => {
  const kind = "kubernetes:core/v1:Namespace";
  const annotations = { "pulumi.com/skipAwait": "true" };
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "held", ...held, annotations } };
  const { id, properties } = await served.create(kind, namespace);
  await served.delete(kind, id, properties);
  const left = await served.api.request("GET", "/api/v1/namespaces/held");
  expect([left.status, left.body.metadata.deletionTimestamp]).toEqual([200, expect.any(String)]);
  // The control: of other kinds the end is waited for all the same.
  const other = await served.create(
    type,
    map("waits", { ...held, annotations: { ...annotations, "pulumi.com/timeoutSeconds": "1" } }),
  );
  await expect(served.delete(type, other["id"], other["properties"])).rejects.toThrow(/still there/);
  await release("waits");
  await served.api.request(
    "PATCH",
    "/api/v1/namespaces/held",
    { metadata: { finalizers: null } },
    "application/merge-patch+json",
  );
}, 30_000);

test("an object that is being deleted is no new one: what takes its name waits until it is gone", async () => {
  const { properties } = await served.create(type, map("again", held));
  await served.api.request("DELETE", `${path}/again`);
  const order: string[] = [];
  const making = served.create(type, map("again", {})).finally(() => order.push("made"));
  await sleep(1500);
  order.push("released");
  await release("again");
  const made = await making;
  expect([order, made["properties"].metadata.uid === properties["metadata"].uid]).toEqual([
    ["released", "made"],
    false,
  ]);
  expect((await served.api.request("GET", `${path}/again`)).body.metadata.uid).toBe(made["properties"].metadata.uid);
}, 30_000);

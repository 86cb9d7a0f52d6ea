import { DirectPlugin } from "../../../../test/engine/support/directPlugin.ts";

let served: DirectPlugin;
beforeAll(async () => void (served = await DirectPlugin.start()), 200_000);
afterAll(() => served?.stop());

const type = "kubernetes:core/v1:Service";
const path = "/api/v1/namespaces/default/services";
const service = (name: string, labels: object, app: string, port: number) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default", labels, annotations: { "pulumi.com/skipAwait": "true" } },
  spec: {
    selector: { app },
    ports: [
      { name: "http", port: 80, targetPort: port },
      { name: "tls", port: 443, targetPort: port },
    ],
  },
});
const live = async (name: string) => (await served.api.request("GET", `${path}/${name}`)).body;

test("ignored fields stay as they are: those of others theirs, those of the resource its own", async () => {
  const { properties } = await served.create(type, service("shared", { mine: "1" }, "a", 1));
  // Another owner takes one field over and adds one; somebody edits another by hand.
  const theirs = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "shared", labels: { theirs: "9" } },
    spec: { ports: [{ name: "http", port: 80, targetPort: 9 }] },
  };
  await served.api.apply(`${path}/shared`, theirs, "controller");
  await served.api.request(
    "PATCH",
    `${path}/shared?fieldManager=kubectl-edit`,
    { metadata: { labels: { mine: "8" } } },
    "application/merge-patch+json",
  );
  const news = service("shared", { mine: "2", theirs: "2" }, "b", 2);
  // The control: the same without a word about it is refused.
  await expect(served.update(type, "default/shared", properties, news)).rejects.toThrow(/managed by .*"controller"/);
  const ignoreChanges = ["metadata.labels", "spec.ports[0].targetPort", "spec.nosuch.field"];
  for (const preview of [true, false]) {
    const { properties: after } = await served.update(type, "default/shared", properties, news, {
      ignoreChanges,
      preview,
    });
    expect(after["metadata"].labels).toEqual({ mine: "8", theirs: "9" });
    expect(after["spec"].ports.map((p: any) => p.targetPort)).toEqual([9, 2]);
    expect(after["spec"].selector).toEqual({ app: "b" });
  }
  const owner = (await live("shared")).metadata.managedFields.find((e: any) => e.manager === "controller");
  expect(owner.fieldsV1["f:spec"]["f:ports"]).toEqual({
    [`k:{"port":80,"protocol":"TCP"}`]: expect.objectContaining({ "f:targetPort": {} }),
  });
  const own = (await live("shared")).metadata.managedFields.find(
    (e: any) => e.manager === properties["__fieldManager"],
  );
  expect(own.fieldsV1["f:spec"]["f:ports"][`k:{"port":80,"protocol":"TCP"}`]).not.toHaveProperty("f:targetPort");
}, 60_000);

test("what is ignored and set here alone keeps its value instead of going away", async () => {
  const { properties } = await served.create(type, service("own", { a: "1", b: "1" }, "a", 1));
  await served.update(type, "default/own", properties, service("own", { a: "2", b: "2" }, "a", 2), {
    ignoreChanges: ["metadata.labels.a", "spec.ports[*].targetPort"],
  });
  expect((await live("own")).metadata.labels).toEqual({ a: "1", b: "2" });
  expect((await live("own")).spec.ports.map((p: any) => p.targetPort)).toEqual([1, 1]);
}, 60_000);

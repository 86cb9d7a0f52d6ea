import { DirectPlugin, subject } from "../../../../test/engine/support/directPlugin.ts";

let served: DirectPlugin;
beforeAll(async () => void (served = await DirectPlugin.start()), 200_000);
afterAll(() => served?.stop());

const object = (type: string, name: string, more: object) => {
  const [, group, kind] = type.split(":") as [string, string, string];
  return { apiVersion: group.replace(/^core\//, ""), kind, metadata: { name, namespace: "default" }, ...more };
};
const labels = { app: "a" };
const deployment = (image: string) =>
  object("kubernetes:apps/v1:Deployment", "web", {
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image }] } },
    },
  });
const owners = (live: any) =>
  live.metadata.managedFields.filter((e: any) => !e.subresource).map((e: any) => `${e.manager}/${e.operation}`);

test.each([
  {
    type: "kubernetes:core/v1:ConfigMap",
    path: "/api/v1/namespaces/default/configmaps/map",
    made: object("kubernetes:core/v1:ConfigMap", "map", { data: { a: "1" } }),
    changed: object("kubernetes:core/v1:ConfigMap", "map", { data: { a: "2" } }),
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    path: "/apis/apps/v1/namespaces/default/deployments/web",
    made: deployment("a:1"),
    changed: deployment("a:2"),
  },
])(
  "what is made here can be changed by server-side apply in the resource's name without a conflict: $type",
  async ({ type, path, made, changed }) => {
    const { properties } = await served.create(type, made);
    const manager = properties["__fieldManager"];
    expect(owners(properties)).toContain(`${manager}/Apply`);
    const apply = (by: string, query = "") =>
      served.api.request(
        "PATCH",
        `${path}?fieldManager=${by}&force=false${query}`,
        changed,
        "application/apply-patch+yaml",
      );
    // The control: anybody else is refused.
    expect((await apply("somebody")).status).toBe(409);
    // As the official plugin does in a preview, where it can move no fields beforehand, and then for good.
    expect((await apply(manager, "&dryRun=All")).status).toBe(200);
    const { status, body } = await apply(manager);
    expect(status).toBe(200);
    expect(owners(body).filter((owner: string) => owner.startsWith("pulumi-kubernetes"))).toEqual([`${manager}/Apply`]);
  },
);

test("a patch takes nothing over that the official plugin made", async () => {
  const path = "/api/v1/namespaces/default/configmaps";
  await served.api.request(
    "POST",
    `${path}?fieldManager=pulumi-kubernetes`,
    object("kubernetes:core/v1:ConfigMap", "theirs", { data: { a: "1", b: "2" } }),
  );
  await served.create(
    "kubernetes:core/v1:ConfigMapPatch",
    object("kubernetes:core/v1:ConfigMap", "theirs", { data: { c: "3" } }),
  );
  const { body } = await served.api.request("GET", `${path}/theirs`);
  expect(body.data).toEqual({ a: "1", b: "2", c: "3" });
  expect(owners(body)).toContain("pulumi-kubernetes/Update");
  await expect(
    served.create(
      "kubernetes:core/v1:ConfigMapPatch",
      object("kubernetes:core/v1:ConfigMap", "theirs", { data: { a: "4" } }),
    ),
  ).rejects.toThrow(/data\.a are managed by "pulumi-kubernetes"/);
});

test("an annotation names another field manager", async () => {
  const type = "kubernetes:core/v1:ConfigMap";
  const named = (manager: string, data: string) =>
    object(type, "named", {
      metadata: { name: "named", namespace: "default", annotations: { "pulumi.com/patchFieldManager": manager } },
      data: { a: data },
    });
  const { id, properties } = await served.create(type, named("team-a", "1"));
  expect([properties["__fieldManager"], owners(properties)]).toEqual(["team-a", ["team-a/Apply"]]);
  const updated = await served.update(type, id, properties, named("team-a", "2"));
  expect([updated["properties"].data, owners(updated["properties"])]).toEqual([{ a: "2" }, ["team-a/Apply"]]);
  // Another one takes over; what is no longer asked for goes all the same.
  const more = await served.update(type, id, updated["properties"], { ...named("team-b", "3"), data: { b: "3" } });
  expect([more["properties"].__fieldManager, more["properties"].data, owners(more["properties"])]).toEqual([
    "team-b",
    { b: "3" },
    ["team-b/Apply"],
  ]);
});

test("a patch that holds a field which its object needs cannot be deleted, and says which", async () => {
  const [type, path] = ["kubernetes:apps/v1:DeploymentPatch", "/apis/apps/v1/namespaces/default/deployments/needs"];
  const apply = (manager: string, image: string) =>
    served.api.request(
      "PATCH",
      `${path}?fieldManager=${manager}&force=true`,
      { ...deployment(image), metadata: { name: "needs", namespace: "default" } },
      "application/apply-patch+yaml",
    );
  expect((await apply("somebody", "a:1")).status).toBe(201);
  const patch = object("kubernetes:apps/v1:Deployment", "needs", {
    metadata: { name: "needs", namespace: "default", annotations: { "pulumi.com/patchForce": "true" } },
    spec: { template: { spec: { containers: [{ name: "c", image: "a:2" }] } } },
  });
  const { id, properties } = await served.create(type, patch);
  await expect(served.delete(type, id, properties)).rejects.toThrow(
    /this Patch resource is currently managing a required field, .*`retainOnDelete`.*: spec\.template\.spec\.containers\[0\]\.image$/,
  );
  // Once somebody else has the field, it can.
  await apply("somebody", "a:2");
  await served.delete(type, id, properties);
  const { body } = await served.api.request("GET", path);
  expect([body.spec.template.spec.containers[0].image, owners(body)]).toEqual(["a:2", ["somebody/Apply"]]);
});

test("an object whose name the server makes up is changed and deleted under that name", async () => {
  const type = "kubernetes:core/v1:ConfigMap";
  const metadata = { generateName: "made-", namespace: "default" };
  const map = (data: string) => object(type, "", { metadata, data: { a: data } });
  const { id, properties } = await served.create(type, map("1"));
  expect(id).toMatch(/^default\/made-\w+$/);
  for (const preview of [true, false]) {
    const updated = await served.update(type, id, properties, map("2"), { preview });
    expect(updated["properties"]).toMatchObject({
      metadata: { name: id.split("/")[1] },
      data: { a: "2" },
      __inputs: { metadata },
    });
  }
  await served.delete(type, id, properties);
  expect((await served.api.request("GET", `/api/v1/namespaces/default/configmaps/${id.split("/")[1]}`)).status).toBe(
    404,
  );
});

test("whether an object is ready is the affair of its resource, not of a patch of it", async () => {
  const [type, patch] = ["kubernetes:core/v1:Service", "kubernetes:core/v1:ServicePatch"];
  const balanced = object(type, "balanced", { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
  await served.api.request("POST", "/api/v1/namespaces/default/services", balanced);
  const { id, properties } = await served.create(
    patch,
    object(type, "balanced", { metadata: { name: "balanced", namespace: "default", labels: { a: "1" } } }),
  );
  const read = (as: string) => served.call("Read", { ...subject(as), id, properties, inputs: properties["__inputs"] });
  expect(await read(patch)).toMatchObject({ id, inputs: { metadata: { labels: { a: "1" } } } });
  await expect(read(type)).rejects.toThrow(/'balanced' was created but failed to initialize/);
});

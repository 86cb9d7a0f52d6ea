import { DirectPlugin } from "../../../../test/engine/support/directPlugin.ts";

let served: DirectPlugin;
beforeAll(async () => void (served = await DirectPlugin.start()), 200_000);
afterAll(() => served?.stop());

const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com";
const definition = (field: string, labels: object = {}) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com", labels },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { [field]: { type: "string" } } } },
      },
    ],
  },
});
const fieldsOf = (object: any) => Object.keys(object.spec.versions[0].schema.openAPIV3Schema.properties);

test("a definition is replaced as a whole, whoever set its fields; what is made by it stays", async () => {
  const { id, properties } = await served.create(type, definition("a"));
  await served.api.request("POST", "/apis/example.com/v1/namespaces/default/widgets", {
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name: "w", namespace: "default" },
    a: "1",
  });
  const theirs = { metadata: { labels: { by: "them" } }, spec: { versions: definition("theirs").spec.versions } };
  await served.api.request("PATCH", `${path}?fieldManager=them`, theirs, "application/merge-patch+json");

  const tried = await served.update(type, id, properties, definition("b"), { preview: true });
  expect(fieldsOf(tried["properties"])).toEqual(["b"]);
  expect(fieldsOf((await served.api.request("GET", path)).body)).toEqual(["theirs"]);

  const { properties: kept } = await served.update(type, id, properties, definition("c"), {
    ignoreChanges: ["metadata.labels.by"],
  });
  expect([fieldsOf(kept), kept["metadata"].labels]).toEqual([["c"], { by: "them" }]);
  const { properties: updated } = await served.update(type, id, properties, definition("b"));
  expect([fieldsOf(updated), updated["metadata"].labels ?? {}]).toEqual([["b"], {}]);
  expect((await served.api.request("GET", path)).body.metadata.uid).toBe(properties["metadata"].uid);
  expect((await served.api.request("GET", "/apis/example.com/v1/namespaces/default/widgets/w")).status).toBe(200);
}, 60_000);

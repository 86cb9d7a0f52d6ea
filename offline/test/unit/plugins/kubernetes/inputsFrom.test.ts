import { inputsFrom, type LiveObject } from "../../../../plugins/kubernetes/object/state.ts";
import { Secret } from "../../../../plugins/shared/values.ts";

const server = {
  uid: "u",
  resourceVersion: "1",
  creationTimestamp: "2026-01-01T00:00:00Z",
  generation: 2,
  managedFields: [],
};
const noted = { "deployment.kubernetes.io/revision": "3", "kubectl.kubernetes.io/last-applied-configuration": "{}" };

describe("the inputs of an imported object", () => {
  test.each<[string, LiveObject, object]>([
    [
      "what the server keeps is not asked for",
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "d", namespace: "n", ...server, annotations: { ...noted, "a.b/c": "1" } },
        spec: { replicas: 1 },
        status: { replicas: 1 },
      },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "d", namespace: "n", annotations: { "a.b/c": "1" } },
        spec: { replicas: 1 },
      },
    ],
    [
      "notes of others alone are nothing",
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m", annotations: noted } },
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m" } },
    ],
    [
      "a Secret's data is secret",
      { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "YQ==" } },
      { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: new Secret({ a: "YQ==" }) },
    ],
  ])("%s", (_, live, inputs) => expect(inputsFrom(live)).toEqual(inputs));
});

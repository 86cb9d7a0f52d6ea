import { checkObject } from "../../../../plugins/kubernetes/object/check.ts";
import { diffObject } from "../../../../plugins/kubernetes/object/diff.ts";
import { asked, forState, fromState } from "../../../../plugins/kubernetes/object/fieldNames.ts";
import { objectOf, stateOf, type LiveObject } from "../../../../plugins/kubernetes/object/state.ts";
import { Secret, type Values } from "../../../../plugins/shared/values.ts";

const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const definition = (schema: Values, metadata: Values = {}): Values => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "a.b", ...metadata },
  spec: { versions: [{ schema }] },
});
const schema: Values = {
  type: "object",
  "x-kubernetes-preserve-unknown-fields": true,
  properties: { a: { items: [{ "x-kubernetes-int-or-string": true }] } },
};
const inProgram: Values = {
  type: "object",
  x_kubernetes_preserve_unknown_fields: true,
  properties: { a: { items: [{ x_kubernetes_int_or_string: true }] } },
};
const check = (news: Values) => checkObject({ type, name: "d", olds: {}, news, randomSeed: new Uint8Array(4) }).inputs;

describe("custom resource fields", () => {
  test("have underscores in programs and state, and dashes on the server", () => {
    const inputs = check(definition(inProgram));
    expect(inputs).toEqual(definition(schema));
    const state = stateOf(inputs as unknown as LiveObject, inputs, "m", "v1");
    expect([state["spec"], (state["__inputs"] as Values)["spec"]]).toEqual([
      definition(inProgram)["spec"],
      definition(inProgram)["spec"],
    ]);
    expect(objectOf(state)).toEqual(inputs);
    expect(fromState(forState({ a: new Secret(schema) }))).toEqual({ a: new Secret(schema) });
  });

  test("that are null or read-only metadata are not sent", () => {
    const generated = definition(
      { ...schema, description: null },
      { creationTimestamp: null, generation: 3, uid: "u", resourceVersion: "7", labels: { a: "b" } },
    );
    expect(check(generated)).toEqual(definition(schema, { labels: { a: "b" } }));
    expect(asked({ metadata: new Secret({ name: "a", uid: "u" }), spec: { list: [null] } })).toEqual({
      metadata: new Secret({ name: "a" }),
      spec: { list: [null] },
    });
  });

  test("written by an earlier or another plugin give no diff", () => {
    const state = {
      ...forState(definition(schema)),
      __inputs: forState(definition(schema, { creationTimestamp: null })),
    };
    const request = {
      olds: objectOf(state),
      inputs: asked(state.__inputs),
      news: check(definition(schema, { creationTimestamp: null })),
      ignoreChanges: [],
    };
    expect(
      diffObject(request, { enableSecretMutable: false, enableConfigMapMutable: false } as Parameters<
        typeof diffObject
      >[1]).detailedDiff,
    ).toEqual({});
  });
});

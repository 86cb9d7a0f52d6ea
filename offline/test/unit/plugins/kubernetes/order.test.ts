import { dependenciesOf } from "../../../../plugins/kubernetes/manifests/order.ts";
import type { Manifest } from "../../../../plugins/kubernetes/manifests/parse.ts";

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  { namespace, after, ...more }: { namespace?: string; after?: string; [key: string]: unknown } = {},
): Manifest => ({
  apiVersion,
  kind,
  metadata: {
    name,
    ...(namespace ? { namespace } : {}),
    ...(after ? { annotations: { "config.kubernetes.io/depends-on": after } } : {}),
  },
  ...more,
});
const namespace = object("v1", "Namespace", "n");
const definition = object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com", {
  spec: { group: "example.com", names: { kind: "Widget" } },
});
const map = (name: string, after?: string) =>
  object("v1", "ConfigMap", name, { namespace: "n", ...(after ? { after } : {}) });

describe("the order of a group's objects", () => {
  test.each<[string, Manifest[], number[][]]>([
    ["a namespace comes before what is in it", [map("a"), namespace], [[1], []]],
    ["a definition comes before objects of its kind", [object("example.com/v1", "Widget", "w"), definition], [[1], []]],
    ["nothing else waits", [map("a"), map("b")], [[], []]],
    [
      "what an annotation names comes first, too",
      [
        namespace,
        map("a", "/namespaces/n/ConfigMap/b, apps/namespaces/n/Deployment/d,/Namespace/n"),
        map("b"),
        object("apps/v1", "Deployment", "d", { namespace: "n" }),
      ],
      [[], [0, 2, 3], [0], [0]],
    ],
    [
      "a definition may be in no namespace of the group",
      [
        definition,
        object("example.com/v1", "Widget", "w", {
          after: "apiextensions.k8s.io/CustomResourceDefinition/widgets.example.com",
        }),
      ],
      [[], [0]],
    ],
  ])("%s", (_, manifests, expected) => expect(dependenciesOf(manifests)).toEqual(expected));

  test.each<[string, Manifest[], RegExp]>([
    [
      "an object that is not there",
      [map("a", "/namespaces/n/ConfigMap/c"), map("b")],
      /^ConfigMap n\/a depends on "\/namespaces\/n\/ConfigMap\/c" .*no other object of its group; .*There are \/namespaces\/n\/ConfigMap\/b$/,
    ],
    ["what is no reference", [map("a", "b"), map("b")], /depends on "b" .*group\/Kind\/name/],
    ["itself", [map("a", "/namespaces/n/ConfigMap/a")], /no other object.*There are none$/],
    [
      "a circle",
      [
        map("a", "/namespaces/n/ConfigMap/b"),
        map("b", "/namespaces/n/ConfigMap/c"),
        map("c", "/namespaces/n/ConfigMap/b"),
      ],
      /^ConfigMap n\/b waits for ConfigMap n\/c waits for ConfigMap n\/b: take one/,
    ],
  ])("rejects a reference to %s", (_, manifests, words) => expect(() => dependenciesOf(manifests)).toThrow(words));
});

import { diffObject, diffPatch, type DiffRequest } from "../../../../plugins/kubernetes/object/diff.ts";
import { needsReplacement } from "../../../../plugins/kubernetes/object/replaceRules.ts";
import { Secret, type Values } from "../../../../plugins/shared/values.ts";
import type { Options } from "../../../../plugins/kubernetes/cluster.ts";

const options: Options = {
  enableSecretMutable: false,
  enableConfigMapMutable: false,
  deleteUnreachable: false,
  skipUpdateUnreachable: false,
  upsertExistingObjects: false,
  enablePatchForce: false,
  suppressDeprecationWarnings: false,
  helmEnvironment: {},
};
const service = (spec: Values, more: Values = {}): Values => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "s", namespace: "n" },
  spec,
  ...more,
});
/** Live as asked for, besides what is given. */
const diff = ({
  inputs,
  olds = inputs,
  news,
  ignoreChanges = [],
}: {
  inputs: Values;
  olds?: Values;
  news: Values;
  ignoreChanges?: string[];
}) => {
  const request: DiffRequest = { olds, inputs, news, ignoreChanges };
  return Object.fromEntries(
    Object.entries(diffObject(request, options).detailedDiff!).map(([path, { kind }]) => [path, kind]),
  );
};

describe("the diff of an object", () => {
  const asked = service({ selector: { app: "a" }, ports: [{ port: 80 }] });
  const live = (spec: Values) =>
    service({ clusterIP: "10.0.0.1", type: "ClusterIP", ...spec }, { status: { loadBalancer: {} } });
  const defaults = { selector: { app: "a" }, ports: [{ port: 80, protocol: "TCP", targetPort: 80 }] };

  test.each<{ name: string; olds: Values; news?: Values; expected: Record<string, string> }>([
    { name: "defaults of the server are no difference", olds: live(defaults), expected: {} },
    {
      name: "what the object has become instead is",
      olds: live({ ...defaults, selector: { app: "b" } }),
      expected: { "spec.selector.app": "update" },
    },
    {
      name: "in a list too",
      olds: live({ ...defaults, ports: [{ port: 81, protocol: "TCP" }] }),
      expected: { "spec.ports[0].port": "update" },
    },
    {
      name: "items that the server added to a list are none",
      olds: live({ ...defaults, ports: [{ port: 15021 }, { port: 80 }] }),
      expected: {},
    },
    { name: "what the server leaves out is none", olds: live({ selector: { app: "a" } }), expected: {} },
    {
      name: "a new input is a change",
      olds: live(defaults),
      news: service({ selector: { app: "a", v: "1" }, ports: [{ port: 80 }] }),
      expected: { "spec.selector.v": "add" },
    },
    {
      name: "a new input is a change even if the server has it by default",
      olds: live(defaults),
      news: service({ selector: { app: "a" }, ports: [{ port: 80, protocol: "TCP" }] }),
      expected: { "spec.ports[0].protocol": "add" },
    },
    {
      name: "a removed input is a change",
      olds: live(defaults),
      news: service({ ports: [{ port: 80 }] }),
      expected: { "spec.selector": "delete" },
    },
  ])("$name", ({ olds, news = asked, expected }) => expect(diff({ inputs: asked, olds, news })).toEqual(expected));

  test("ignores a status in a manifest", () => {
    const manifest = service({ ports: [] }, { status: { loadBalancer: { ingress: [] } } });
    expect(
      diff({
        inputs: manifest,
        olds: service({ ports: [] }, { status: { loadBalancer: { ingress: [{ ip: "1.2.3.4" }] } } }),
        news: manifest,
      }),
    ).toEqual({});
  });

  test("compares secrets by value", () => {
    const secret = (data: Values): Values => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s" },
      data: new Secret(data),
    });
    expect(
      diff({
        inputs: secret({ a: "YQ==" }),
        olds: { ...secret({ a: "YQ==", b: "Yg==" }), type: "Opaque" },
        news: secret({ a: "YQ==" }),
      }),
    ).toEqual({});
    expect(diff({ inputs: secret({ a: "YQ==" }), olds: secret({ a: "Yg==" }), news: secret({ a: "YQ==" }) })).toEqual({
      "data.a": "update-replace",
    });
  });

  test.each([
    [["spec.selector"], {}],
    [["spec.selector.app"], {}],
    [["spec.*.app"], {}],
    [["spec"], {}],
    [["spec.selector.other"], { "spec.selector.app": "update" }],
    [["spec.selecto"], { "spec.selector.app": "update" }],
  ])("ignored: %j", (ignoreChanges, expected) =>
    expect(
      diff({ inputs: asked, olds: live({ ...defaults, selector: { app: "b" } }), news: asked, ignoreChanges }),
    ).toEqual(expected),
  );

  test("replaces a patch only for another object", () => {
    const map = (data: string, name = "m"): Values => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data: { a: data },
    });
    const patch = (news: Values) => diffPatch({ olds: map("1"), inputs: map("1"), news, ignoreChanges: [] }).replaces;
    expect(patch(map("2"))).toEqual([]);
    expect(patch(map("1", "other"))).toEqual(["metadata.name"]);
  });
});

describe("the replacement of an object", () => {
  test.each<[string, string, string, boolean]>([
    ["v1", "ConfigMap", "metadata.name", true],
    ["v1", "ConfigMap", "metadata.namespace", true],
    ["v1", "ConfigMap", "metadata.labels.a", false],
    ["v1", "ConfigMap", "data.a", true],
    ["v1", "Secret", "type", true],
    ["v1", "Service", "spec.clusterIP", true],
    ["v1", "Service", "spec.clusterIPs[0]", false],
    ["v1", "Service", "spec.ports[0].port", false],
    ["v1", "Pod", "spec.containers[1].image", true],
    ["v1", "Pod", "spec.containers[1].name", false],
    ["v1", "PersistentVolumeClaim", "spec.accessModes[0]", true],
    ["v1", "PersistentVolumeClaim", "spec.selector.matchLabels.a", true],
    ["v1", "PersistentVolumeClaim", "spec.resources.requests.storage", false],
    ["apps/v1", "Deployment", `spec.selector.matchLabels["a.b"]`, true],
    ["apps/v1", "Deployment", "spec.template.spec.containers[0].image", false],
    ["apps/v1", "StatefulSet", "spec.serviceName", true],
    ["apps/v1", "StatefulSet", "spec.replicas", false],
    ["batch/v1", "Job", "spec.template.spec.containers[0].image", true],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef.name", true],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", "subjects[0].name", false],
    ["networking.istio.io/v1", "ServiceEntry", "spec.hosts[0]", false],
  ])("for a change of %s %s at %s: %s", (apiVersion, kind, path, expected) =>
    expect(needsReplacement(apiVersion, kind, path, options)).toBe(expected),
  );

  test("happens before the deletion where the server generates the name", () => {
    const map = (metadata: Values, data: string): Values => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "n", ...metadata },
      data: { a: data },
    });
    const first = (metadata: Values) =>
      diffObject(
        {
          olds: map({ ...metadata, name: "m" }, "1"),
          inputs: map(metadata, "1"),
          news: map(metadata, "2"),
          ignoreChanges: [],
        },
        options,
      ).deleteBeforeReplace;
    expect([first({ generateName: "m-" }), first({ name: "m" })]).toEqual([false, true]);
  });
});

describe("data that may change in place", () => {
  const mutable = { enableSecretMutable: true, enableConfigMapMutable: true };
  test.each<[string, string, boolean, boolean]>([
    ["Secret", "data.a", false, false],
    ["Secret", "type", false, true],
    ["Secret", "data.a", true, true],
    ["ConfigMap", "data.a", false, false],
    ["ConfigMap", "binaryData.a", true, true],
    ["ConfigMap", "metadata.labels.a", true, false],
  ])("%s %s, immutable %s: a new object %s", (kind, path, immutable, expected) =>
    expect(needsReplacement("v1", kind, path, mutable, immutable)).toBe(expected),
  );

  test("uses the new object's `immutable`", () => {
    const map = (data: string, immutable: boolean): Values => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m" },
      immutable,
      data: { a: data },
    });
    const replaces = (immutable: boolean) =>
      diffObject(
        { olds: map("1", immutable), inputs: map("1", immutable), news: map("2", immutable), ignoreChanges: [] },
        { ...options, ...mutable },
      ).replaces;
    expect([replaces(true), replaces(false)]).toEqual([["data.a"], []]);
  });
});

describe("the diff of a namespace", () => {
  test.each<{ name: string; live?: string; asked?: string; wanted?: string; moves: boolean }>([
    { name: "named where none was, as it is", live: "default", asked: undefined, wanted: "default", moves: false },
    { name: "named where none was, as the context's is", live: "ctx", asked: undefined, wanted: "ctx", moves: false },
    { name: "named where none was, another", live: "ctx", asked: undefined, wanted: "other", moves: true },
    { name: "default is not named any more", live: "default", asked: "default", wanted: undefined, moves: false },
    { name: "another is not named any more", live: "n", asked: "n", wanted: undefined, moves: true },
    { name: "another", live: "n", asked: "n", wanted: "m", moves: true },
    { name: "of an object that has none", asked: undefined, wanted: "default", moves: false },
  ])("$name replaces the object: $moves", ({ live, asked, wanted, moves }) => {
    const map = (namespace: string | undefined, more: Values = {}): Values => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m", ...(namespace === undefined ? {} : { namespace }), ...more },
    });
    const result = diffObject(
      { olds: map(live, { uid: "u" }), inputs: map(asked), news: map(wanted), ignoreChanges: [] },
      options,
    );
    expect([result.replaces, result.deleteBeforeReplace]).toEqual([moves ? ["metadata.namespace"] : [], false]);
  });
});

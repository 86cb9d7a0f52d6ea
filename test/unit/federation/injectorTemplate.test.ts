import { afterInjectorTemplate } from "../../../federation/cluster/injectorTemplate.ts";

const mounts = (values: Record<string, any>) => ({
  volumes: values["volumes"]?.map(({ name, configMap }: any) => configMap?.name ?? name),
  mounts: values["volumeMounts"]?.map(({ name }: any) => name),
});

test.each([
  ["", "istio-sidecar-injector"],
  ["blue", "istio-sidecar-injector-blue"],
])("istiod of revision %j starts when there is its template", (revision, name) => {
  expect(mounts(afterInjectorTemplate({}, revision))).toEqual({ volumes: [name], mounts: ["injector-template"] });
});

test("volumes of the user stay", () => {
  const values = { pilot: {}, volumes: [{ name: "own" }], volumeMounts: [{ name: "own", mountPath: "/own" }] };
  expect(mounts(afterInjectorTemplate(values, ""))).toEqual({
    volumes: ["own", "istio-sidecar-injector"],
    mounts: ["own", "injector-template"],
  });
});

test("a control plane whose template somebody else makes, or nobody, waits for none", () => {
  const values = { global: { omitSidecarInjectorConfigMap: true } };
  expect(afterInjectorTemplate(values, "")).toEqual(values);
});

import { DirectPlugin } from "../../../../test/engine/support/directPlugin.ts";

let served: DirectPlugin;
beforeAll(async () => void (served = await DirectPlugin.start()), 200_000);
afterAll(() => served?.stop());

const meta = (name: string) => ({ name, namespace: "default" });

test("a preview shows what is asked for where the cluster will not try it out, and an up fails", async () => {
  const type = "kubernetes:core/v1:ConfigMap";
  const map = { apiVersion: "v1", kind: "ConfigMap", metadata: meta("taken"), data: { a: "1" } };
  await served.api.request("POST", "/api/v1/namespaces/default/configmaps", map);
  expect(await served.create(type, map, { preview: true })).toMatchObject({ properties: map });
  await expect(served.create(type, map)).rejects.toThrow(/"taken" already exists/);

  // Forbidden by admission, as by a role that may only read.
  await served.api.request("POST", "/api/v1/namespaces/default/limitranges", {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: meta("small"),
    spec: { limits: [{ type: "Container", max: { memory: "1Mi" } }] },
  });
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: meta("large"),
    spec: { containers: [{ name: "c", image: "a:1", resources: { limits: { memory: "2Mi" } } }] },
  };
  expect(await served.create("kubernetes:core/v1:Pod", pod, { preview: true })).toMatchObject({ properties: pod });
  await expect(served.create("kubernetes:core/v1:Pod", pod)).rejects.toThrow(/forbidden/);

  // What is plainly wrong is told in the preview already.
  await expect(served.create(type, { ...map, metadata: meta("Not A Name") }, { preview: true })).rejects.toThrow(
    /Not A Name/,
  );
}, 60_000);

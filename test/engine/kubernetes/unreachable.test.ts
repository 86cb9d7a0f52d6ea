import { Served, subject } from "../support/served.ts";

let served: Served;
beforeAll(async () => void (served = await Served.start()), 200_000);
afterAll(() => served?.stop());

test("with skipUpdateUnreachable the state of what cannot be reached stays as it was", async () => {
  const type = "kubernetes:core/v1:ConfigMap";
  const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "far", namespace: "default" }, data: { a: "1" } };
  const { id, properties } = await served.create(type, inputs);
  const kubeconfig = served.api.kubeconfig.replace(served.api.address, "https://127.0.0.1:1");
  const read = (state: object) => served.ask("Read", { ...subject(type), id, properties: state, inputs: state });
  await served.configure({ kubeconfig });
  await expect(read(properties)).rejects.toThrow(/cannot be reached/);
  await served.configure({ kubeconfig, skipUpdateUnreachable: "true" });
  expect(await read(properties)).toEqual({ id, properties, inputs: properties });
  // There is no state that an import could keep.
  await expect(read({})).rejects.toThrow(/cannot be reached/);
});

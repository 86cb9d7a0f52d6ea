import { renderedSource } from "../../../workspace/renderedMeshSource.ts";
import { apart, folderOf, removeFolders } from "./folder.ts";

afterEach(removeFolders);

test("the objects to compare are Istio's: a cluster adds fields to the Service of a managed gateway", async () => {
  const folder = folderOf(apart({ gateway: { provider: "managed", addresses: ["192.0.2.10"] } }));
  expect((await folder.render()).failed).toEqual([]);
  expect(Object.keys(folder.files())).toContain("west/service-istio-system-istio-eastwestgateway.yaml");
  const source = renderedSource(folder.out, folder.folder);
  const west = (await source.meshes()).find(({ name }) => name === "west")!;
  const created = await source.created(west);
  expect(created.map(({ kind }) => kind).sort()).toEqual(["AuthorizationPolicy", "Gateway", "ServiceEntry"]);
});

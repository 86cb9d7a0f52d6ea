import type { MeshConfig } from "../../../federation/config/readMeshConfig.ts";
import type { UserError } from "../../../federation/errors/userError.ts";
import { checkControlPlanes } from "../../../infra/controlPlanes.ts";
import { ApiError } from "../../../kube/errors.ts";

const mockPods = jest.fn();
jest.mock("../../../kube/proxyPods.ts", () => ({ readProxyPods: () => mockPods() }));

beforeEach(() => {
  mockPods.mockReset();
  jest.spyOn(console, "warn").mockImplementation(() => undefined);
});

/** The codes and problems of a refusal; undefined where there is none. */
function refusal(istio: object): Promise<string[] | undefined> {
  const config = {
    mesh: { name: "west" },
    cluster: { provider: "kind" },
    gateway: { provider: "none" },
    istio: { provider: "managed", ...istio },
  } as MeshConfig;
  return checkControlPlanes(config, ["old", "new"], "KUBECONFIG").then(
    () => undefined,
    (error: UserError) => [error.code, ...error.details.map(({ code, problem }) => `${code}: ${problem}`)],
  );
}

const cart = { namespace: "shop", name: "cart", revision: "old", labels: {} };

test("a control plane that pods use is not removed", async () => {
  mockPods.mockResolvedValue([cart]);
  expect(await refusal({ revision: "new" })).toEqual([
    "control-plane-removed",
    "control-plane-in-use: pods still use it: shop/cart",
  ]);
});

test.each([
  { what: "no pod uses it", istio: { revision: "new" }, pods: [{ ...cart, revision: "new" }] },
  { what: "the user abandons its pods", istio: { revision: "new", abandonedRevisions: ["old"] }, pods: [cart] },
])("it is where $what", async ({ istio, pods }) => {
  mockPods.mockResolvedValue(pods);
  expect(await refusal(istio)).toBeUndefined();
});

test("pods that cannot be read are a refusal, and a cluster that cannot be reached is none", async () => {
  mockPods.mockRejectedValue(new ApiError(403, "forbidden"));
  expect(await refusal({ revision: "new" })).toEqual(["cluster-unreadable"]);
  mockPods.mockRejectedValue(Object.assign(new Error("connect"), { code: "ECONNREFUSED" }));
  expect(await refusal({ revision: "new" })).toBeUndefined();
});

test("no pods are read where none is removed", async () => {
  expect(await refusal({ revision: "old", canary: { revision: "new" } })).toBeUndefined();
  expect(mockPods).not.toHaveBeenCalled();
});

import { readinessOf } from "../../../../plugins/kubernetes/await/readiness.ts";
import type { Operation } from "../../../../plugins/kubernetes/object/api.ts";
import type { LiveObject } from "../../../../plugins/kubernetes/object/state.ts";
import { readinessCases } from "./readiness.cases.ts";

type Parts = Record<string, unknown>;

/** What an object lacks, in a cluster that answers each path with the body given. */
async function lacks(
  kind: string,
  parts: Parts,
  { served = {}, last = false }: { served?: Parts; last?: boolean } = {},
): Promise<string | undefined> {
  const [group, name] = kind.split("/") as [string, string];
  const request = async (_: string, path: string) => ({ status: served[path] ? 200 : 404, body: served[path] ?? {} });
  const operation = {
    cluster: { request },
    urn: "u",
    signal: new AbortController().signal,
    engine: { log: () => undefined },
  } as unknown as Operation;
  const live = {
    apiVersion: "",
    kind: name,
    ...parts,
    metadata: { name: "o", namespace: "n", generation: 2, ...(parts["metadata"] as object) },
  } as LiveObject;
  return readinessOf(operation, { group, version: "v1", kind: name, plural: "", namespaced: true, path: () => "" })!(
    live,
    last,
  );
}

describe("the readiness of an object", () => {
  test.each(readinessCases)("%s", async (_, kind, parts, words) => {
    const missing = await lacks(kind, parts);
    if (words) expect(missing).toMatch(words);
    else expect(missing).toBeUndefined();
  });
});

const classes = {
  "/apis/storage.k8s.io/v1/storageclasses/late": { volumeBindingMode: "WaitForFirstConsumer" },
  "/apis/storage.k8s.io/v1/storageclasses/now": { volumeBindingMode: "Immediate" },
};

describe("the readiness of a volume claim", () => {
  test.each<[string | undefined, string, boolean]>([
    ["now", "Pending", false],
    ["now", "Bound", true],
    ["late", "Pending", true],
    ["late", "Bound", true],
    ["late", "Lost", false],
    ["nosuch", "Pending", false],
    [undefined, "Pending", false],
  ])("with class %s and phase %s is %s", async (storageClassName, phase, ready) => {
    expect(
      (await lacks(
        "/PersistentVolumeClaim",
        { spec: { storageClassName }, status: { phase } },
        { served: classes },
      )) === undefined,
    ).toBe(ready);
  });
});

const slices = "/apis/discovery.k8s.io/v1/namespaces/n/endpointslices";

const endpoint = (ready: boolean) => ({ addresses: ["10.0.0.1"], conditions: { ready } });

describe("the readiness of a Service", () => {
  test.each<[string, Parts, unknown[], RegExp | undefined]>([
    ["no controller has looked for pods", {}, [], /controller/],
    ["a pod is not ready", {}, [{ endpoints: [endpoint(true), endpoint(false)] }], /1 of 2/],
    ["all pods are ready", {}, [{ endpoints: [endpoint(true)] }], undefined],
    ["it has no pods", {}, [{ endpoints: null }], undefined],
    ["its load balancer has no address", { type: "LoadBalancer" }, [{ endpoints: [endpoint(true)] }], /load balancer/],
    ["it is headless", { clusterIP: "None" }, [], undefined],
    ["it is a name of something elsewhere", { type: "ExternalName" }, [], undefined],
    ["it selects nothing", { selector: {} }, [], undefined],
  ])("when %s, also at the timeout", async (_, spec, items, words) => {
    const parts = { spec: { selector: { app: "a" }, ...spec } };
    const missing = await lacks("/Service", parts, { served: { [slices]: { items } }, last: true });
    if (words) expect(missing).toMatch(words);
    else expect(missing).toBeUndefined();
    if (!words && items.length > 0)
      expect(await lacks("/Service", parts, { served: { [slices]: { items } } })).toMatch(/settled/);
  });

  test("is unknown without permission to list endpoints", async () => {
    const spec = { selector: { app: "a" } };
    const operation = {
      cluster: { request: async () => ({ status: 403, body: { reason: "Forbidden" } }) },
    } as unknown as Operation;
    const ready = readinessOf(operation, {
      group: "",
      version: "v1",
      kind: "Service",
      plural: "services",
      namespaced: true,
      path: () => "",
    })!;
    expect(
      await ready({ apiVersion: "v1", kind: "Service", metadata: { name: "o", namespace: "n" }, spec }, true),
    ).toBeUndefined();
  });
});

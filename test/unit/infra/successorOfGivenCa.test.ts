import type * as pulumi from "@pulumi/pulumi";
import { named, valueOf } from "../components/graph.ts";
import { aRoot, materialOf, planned, preview, published, type Refusable } from "./refusals.ts";

jest.mock("../../../kube/liveCluster.ts", () => ({
  readLiveCluster: async () => ({ services: [], rules: [], entries: [], accounts: new Map(), unread: [] }),
}));

beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));

/** East with its CA in `caMaterial`, and another provider. */
async function moving(ca: Record<string, unknown>): Promise<Refusable & { certificate: string }> {
  const root = await aRoot("east root");
  const material = await materialOf([root], root);
  const before = { roots: published([root]), istioMinor: "1.30", ca: { pem: material.caCert } };
  const far = { roots: published([root]) };
  return { bundle: [root], material, before, far, pins: [], keys: { ca }, certificate: material.caCert };
}

describe("a mesh whose owner has given its CA", () => {
  test.each([{ provider: "signed", certificateFile: "/nonexistent/file" }, { provider: "shared" }])(
    "keeps it, and asks for a certificate of a key of its own, until one fits: %j",
    async (ca) => {
      const { certificate, ...given } = await moving(ca);
      const graph = await planned(given);
      expect(JSON.stringify(named(graph, "istio-cacerts").inputs)).toContain(JSON.stringify(certificate));
      expect(await valueOf(graph.result["certificateRequests"] as pulumi.Output<unknown>)).toEqual([
        { key: 1, pem: "request" },
      ]);
    },
  );

  test("does not go back to it from another one", async () => {
    const { before, ...given } = await moving({ provider: "signed", certificateFile: "/nonexistent/file" });
    const other = await materialOf(given.bundle!, given.bundle![0]!, { name: "other" });
    expect(await preview({ ...given, before: { ...before, ca: { pem: other.caCert } } })).toMatchObject({
      refused: ["ca-certificate-missing"],
    });
  });
});

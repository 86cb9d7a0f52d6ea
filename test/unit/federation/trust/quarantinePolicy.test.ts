import { quarantinePolicy } from "../../../../federation/trust/quarantinePolicy.ts";

describe("the policy of a quarantine", () => {
  const domains = { own: "east.local", literal: true };

  test("denies whole trust domains in the root namespace, for every workload", () => {
    expect(quarantinePolicy("west", ["w.local", "a.local", "w.local"], domains, "mesh-root")).toEqual({
      metadata: {
        name: "quarantine-west",
        namespace: "mesh-root",
        labels: { "app.kubernetes.io/managed-by": "mesh-federation", "mesh-federation.dev/quarantine": "west" },
      },
      spec: { action: "DENY", rules: [{ from: [{ source: { principals: ["a.local/*", "w.local/*"] } }] }] },
    });
    expect(quarantinePolicy("west", ["w.local", "cluster.local"], domains, "istio-system").spec.rules).toEqual([
      { from: [{ source: { principals: ["w.local/*"] } }, { source: { trustDomains: ["cluster.local"] } }] },
    ]);
  });

  test("denies nobody without a trust domain: an empty source would be everybody", () =>
    expect(quarantinePolicy("west", [], domains, "istio-system").spec).toEqual({ action: "DENY", rules: [] }));

  test.each([
    ["east.local", true],
    ["east.local", false],
    ["cluster.local", false],
  ])("never denies the mesh itself by %s (literal: %s)", (domain, literal) => {
    expect(() => quarantinePolicy("west", ["w.local", domain], { ...domains, literal }, "istio-system")).toThrow(
      /\[quarantine-denies-own\]/,
    );
    if (domain === "cluster.local")
      expect(() => quarantinePolicy("west", [domain], domains, "istio-system")).not.toThrow();
  });
});

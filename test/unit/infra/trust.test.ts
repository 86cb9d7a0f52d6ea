import { trustProgram } from "../../../infra/trust.ts";
import { named, record } from "../components/graph.ts";

const run = (root: unknown) =>
  record(() => trustProgram(), { stack: "trust", config: root === undefined ? {} : { "mesh-federation:root": root } });

describe("the trust stack", () => {
  test("creates a root and an intermediate per mesh from its key `root`", async () => {
    const graph = await run({ commonName: "Company Root", validityHours: 100_000 });
    expect(named(graph, "trust-root").inputs).toMatchObject({
      subject: { commonName: "Company Root", organization: "mesh-federation" },
      validityPeriodHours: 100_000,
      earlyRenewalHours: 720,
    });
    expect(named(graph, "trust-east").inputs.validityPeriodHours).toBe(17_520);
    expect(named(graph, "trust-west-key").inputs.rsaBits).toBe(2048);
    expect(named(await run(undefined), "trust-root").inputs.validityPeriodHours).toBe(87_600);
  });

  test("rejects a wrong key before any resource", async () => {
    await expect(run({ rsabits: 4096 })).rejects.toThrow(
      /\[config-invalid\]\n {2}- root\.rsabits: .*"rsaBits".*\[config-key-unknown\]/,
    );
  });
});

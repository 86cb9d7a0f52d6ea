import { trustProgram } from "../../../infra/trust.ts";
import { named, record } from "../components/graph.ts";

const run = (root: unknown) =>
  record(() => trustProgram(), { stack: "trust", config: root === undefined ? {} : { "mesh-federation:root": root } });

test("the trust stack makes a root and an intermediate for every mesh, as its key `root` says", async () => {
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

test("a wrong key is refused before anything is registered", async () => {
  await expect(run({ rsabits: 4096 })).rejects.toThrow(
    /\[config-invalid\]\n {2}- root\.rsabits: .*"rsaBits".*\[config-key-unknown\]/,
  );
});

import { readRootConfig, rootDefaults } from "../../../federation/config/rootConfig.ts";

describe("the root configuration", () => {
  test("has all defaults", () => {
    expect(readRootConfig({}, "trust")).toEqual({ ...rootDefaults, generations: [1], meshes: {} });
    expect(readRootConfig({ root: { commonName: "Company Root", rsaBits: 3072 } }, "trust")).toEqual({
      ...rootDefaults,
      generations: [1],
      meshes: {},
      commonName: "Company Root",
      rsaBits: 3072,
    });
  });

  test.each([
    { name: "an unknown key", root: { commonname: "x" }, says: /root\.commonname: .*Did you mean "commonName"/ },
    { name: "a text for an object", root: "Root CA", says: /root: .*object.*\(given: "Root CA"\)/ },
    { name: "an empty name", root: { commonName: "" }, says: /root\.commonName: must not be empty/ },
    {
      name: "a name that no certificate holds",
      root: { organization: "x".repeat(65) },
      says: /root\.organization: must have at most 64 characters/,
    },
    {
      name: "no validity",
      root: { validityHours: 0 },
      says: /root\.validityHours: must be at least 1 hour \(given: 0\)/,
    },
    {
      name: "a validity as text",
      root: { intermediateValidityHours: "1 year" },
      says: /root\.intermediateValidityHours: must be a whole number of hours \(given: "1 year"\)/,
    },
    {
      name: "keys too short",
      root: { rsaBits: 1024 },
      says: /root\.rsaBits: must be one of 2048, 3072, 4096, 8192 \(given: 1024\)/,
    },
    {
      name: "an intermediate that outlives its root",
      root: { validityHours: 1000 },
      says: /root\.intermediateValidityHours: 17520 is more than root\.validityHours, 1000/,
    },
    {
      name: "a renewal with every up",
      root: { intermediateValidityHours: 720 },
      says: /root\.earlyRenewalHours: 720 is not less than .*, 720/,
    },
  ])("rejects $name", ({ root, says }) => {
    expect(() => readRootConfig({ root }, "trust")).toThrow(says);
  });

  test("reports all wrong keys together, with the stack", () => {
    expect(() => readRootConfig({ root: { validityHours: -1, rsaBits: 1 } }, "trust")).toThrow(
      /stack "trust"[\s\S]*root\.validityHours[\s\S]*root\.rsaBits/,
    );
  });
});

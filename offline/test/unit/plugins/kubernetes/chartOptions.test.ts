import { constructChart } from "../../../../plugins/kubernetes/charts/chart.ts";
import { chartArguments, type ChartInputs } from "../../../../plugins/kubernetes/charts/chartArguments.ts";
import { releaseOptions, type ReleaseInputs } from "../../../../plugins/kubernetes/charts/releaseOptions.ts";
import { Unknown, type Values } from "../../../../plugins/shared/values.ts";

const options = (verb: "install" | "upgrade", given: Partial<ReleaseInputs>) =>
  releaseOptions({ chart: "./app", name: "app", namespace: "n", ...given }, verb);

describe("the Helm options", () => {
  test("have defaults without inputs", () => {
    expect(options("install", {})).toEqual(["--wait", "--timeout", "300s"]);
    expect(options("upgrade", { timeout: 0 })).toEqual([
      "--wait",
      "--reset-values",
      "--timeout",
      "300s",
      "--history-max",
      "0",
    ]);
  });

  test.each<{ given: Partial<ReleaseInputs>; install: string | undefined; upgrade: string | undefined }>([
    { given: { atomic: true }, install: "--atomic", upgrade: "--atomic" },
    { given: { createNamespace: true }, install: "--create-namespace", upgrade: "--create-namespace" },
    { given: { takeOwnership: true }, install: "--take-ownership", upgrade: "--take-ownership" },
    { given: { replace: true }, install: "--replace", upgrade: undefined },
    { given: { recreatePods: true }, install: undefined, upgrade: "--recreate-pods" },
    { given: { forceUpdate: true }, install: undefined, upgrade: "--force" },
    { given: { cleanupOnFail: true }, install: undefined, upgrade: "--cleanup-on-fail" },
    { given: { disableCRDHooks: true }, install: undefined, upgrade: "--no-hooks" },
    { given: { disableWebhooks: true }, install: "--no-hooks", upgrade: "--no-hooks" },
    { given: { postrender: "./render" }, install: "--post-renderer ./render", upgrade: "--post-renderer ./render" },
    { given: { description: "why" }, install: "--description why", upgrade: "--description why" },
    { given: { maxHistory: 3 }, install: undefined, upgrade: "--history-max 3" },
    { given: { skipCrds: true }, install: "--skip-crds", upgrade: "--skip-crds" },
    { given: { waitForJobs: true }, install: "--wait-for-jobs", upgrade: "--wait-for-jobs" },
    { given: { renderSubchartNotes: true }, install: "--render-subchart-notes", upgrade: "--render-subchart-notes" },
    {
      given: { disableOpenapiValidation: true },
      install: "--disable-openapi-validation",
      upgrade: "--disable-openapi-validation",
    },
    { given: { reuseValues: true }, install: undefined, upgrade: "--reuse-values" },
  ])("of a release follow $given", ({ given, install, upgrade }) => {
    for (const [verb, expected] of [
      ["install", install],
      ["upgrade", upgrade],
    ] as const) {
      const plain = options(verb, {}).join(" ");
      if (expected) expect(plain).not.toContain(expected);
      if (expected) expect(options(verb, given).join(" ")).toContain(expected);
      else expect(options(verb, given).join(" ")).toBe(plain);
    }
  });

  test("reset values unless they are reused, and do not wait for jobs alone", () => {
    expect(options("upgrade", { reuseValues: true })).not.toContain("--reset-values");
    expect(options("install", { skipAwait: true, waitForJobs: true })).toEqual(["--timeout", "300s"]);
  });

  test.each<{ given: Partial<ChartInputs>; expected: string; files?: Record<string, string> }>([
    { given: { keyring: "/keys/ring.gpg", verify: true }, expected: "--verify --keyring /keys/ring.gpg" },
    { given: { keyring: { path: "ring.gpg" } }, expected: "--keyring ring.gpg" },
    { given: { keyring: { text: "ring" } }, expected: "--keyring @keyring", files: { keyring: "ring" } },
    {
      given: { repositoryOpts: { repo: "https://x", caFile: "/ca", certFile: { text: "c" }, keyFile: { path: "k" } } },
      expected: "--repo https://x --ca-file /ca --cert-file @cert-file --key-file k",
      files: { "cert-file": "c" },
    },
    {
      given: { version: "1", devel: true, dependencyUpdate: true, plainHttp: true },
      expected: "--version 1 --devel --plain-http --dependency-update",
    },
  ])("of a chart follow $given", ({ given, expected, files = {} }) => {
    expect(chartArguments({ chart: "./app", ...given })).toEqual({
      args: ["./app", "--values", "@values.yaml", ...expected.split(" ")],
      files: { "values.yaml": "{}\n", ...files },
    });
  });

  test("reject credentials", () => {
    expect(() => chartArguments({ chart: "a", repositoryOpts: { repo: "https://x", username: "u" } })).toThrow(
      /repositoryOpts.username is not built .* use a local chart/,
    );
  });

  test.each<[Values, RegExp]>([
    [{ includeHooks: true }, /chart app: includeHooks is not built .* use helm\.v3\.Release/],
    [{ includeHooks: Unknown.value }, /includeHooks/],
    [{ wait: true }, /chart app: wait is no input .* It knows chart, /],
  ])("of a chart reject %o", async (given, message) => {
    await expect(
      constructChart(
        { name: "app", inputs: { chart: "./app", ...given } } as never,
        { cluster: { serverVersion: () => Promise.reject(new Error("reached")) } } as never,
      ),
    ).rejects.toThrow(message);
  });

  test("of a chart accept an input that is off", async () => {
    const reached = constructChart(
      { name: "app", inputs: { chart: "./app", includeHooks: false, wait: null } } as never,
      { cluster: { serverVersion: () => Promise.reject(new Error("reached")) } } as never,
    );
    await expect(reached).rejects.toThrow("reached");
  });
});

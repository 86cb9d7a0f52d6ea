import { istiodValues } from "../../../federation/cluster/istioValues.ts";
import { multirootFindings } from "../../../federation/cluster/multirootFindings.ts";
import { readMeshConfig } from "../../../federation/config/readMeshConfig.ts";
import { releaseSources } from "../../../federation/config/versions.ts";

/** The keys of the values that switch a flag off, with the flag. */
function off(values: Record<string, unknown>): string[] {
  const cluster = { provider: "existing", kubeconfigPath: "x" };
  const config = readMeshConfig({ cluster, istio: { provider: "managed", values } }, "east", releaseSources);
  return multirootFindings(istiodValues(config, releaseSources), "roots change").map(
    ({ subject, problem }) => `${subject} ${problem.split(" ")[0]}`,
  );
}

const [multiroot, agent] = ["ISTIO_MULTIROOT_MESH", "PROXY_CONFIG_XDS_AGENT"];
const metadata = (value: unknown) => ({ meshConfig: { defaultConfig: { proxyMetadata: value } } });
const later = (...values: unknown[]) => ({ envVarFrom: values.map((value) => ({ name: multiroot, value })) });

describe("the flags by which proxies get another bundle", () => {
  test.each<{ values: Record<string, unknown>; expected: string[] }>([
    { values: {}, expected: [] },
    { values: { env: { [multiroot]: "1" }, ...metadata({ [agent]: true }) }, expected: [] },
    { values: { env: { [multiroot]: false } }, expected: [`istio.values.env ${multiroot}`] },
    { values: { env: { [multiroot]: "yes" } }, expected: [`istio.values.env ${multiroot}`] },
    { values: { env: null }, expected: [`istio.values.env ${multiroot}`] },
    // The chart copies this over the rest.
    { values: { pilot: { env: { [multiroot]: "false" } } }, expected: [`istio.values.pilot.env ${multiroot}`] },
    { values: { env: { [multiroot]: "false" }, pilot: { env: { [multiroot]: "true" } } }, expected: [] },
    // It writes this behind `env`.
    { values: later("false"), expected: [`istio.values.envVarFrom ${multiroot}`] },
    { values: later("false", "true"), expected: [] },
    { values: later("true", undefined), expected: [`istio.values.envVarFrom ${multiroot}`] },
    { values: { pilot: later("false") }, expected: [`istio.values.pilot.envVarFrom ${multiroot}`] },
    {
      values: metadata({ [agent]: "false" }),
      expected: [`istio.values.meshConfig.defaultConfig.proxyMetadata ${agent}`],
    },
    { values: metadata(null), expected: [`istio.values.meshConfig.defaultConfig.proxyMetadata ${agent}`] },
    { values: metadata({ OTHER: "x" }), expected: [] },
  ])("with $values: $expected", ({ values, expected }) => {
    expect(off(values)).toEqual(expected);
  });
});

import { helm } from "../../../../plugins/kubernetes/charts/helm.ts";
import { checkConfig, readConfig } from "../../../../plugins/kubernetes/config.ts";
import { Secret, Unknown, type Value } from "../../../../plugins/shared/values.ts";
import { withHelm } from "./stubHelm.ts";

const all = {
  driver: "configmap",
  pluginsPath: "/plugins",
  registryConfigPath: "/registry",
  repositoryCache: "/cache",
  repositoryConfigPath: "/repositories",
  suppressBetaWarning: true,
};
const environment = {
  HELM_DRIVER: "configmap",
  HELM_PLUGINS: "/plugins",
  HELM_REGISTRY_CONFIG: "/registry",
  HELM_REPOSITORY_CACHE: "/cache",
  HELM_REPOSITORY_CONFIG: "/repositories",
};
const environmentOf = (helmReleaseSettings: Value) =>
  readConfig({ kubeconfig: "clusters: []\n", helmReleaseSettings }).options.helmEnvironment;

describe("the Helm settings", () => {
  test.each<{ name: string; given: Value; expected: object }>([
    { name: "JSON, as the SDK sends it", given: JSON.stringify(all), expected: environment },
    { name: "a map", given: all, expected: environment },
    { name: "secret ones", given: new Secret(JSON.stringify({ driver: "sql" })), expected: { HELM_DRIVER: "sql" } },
    { name: "none", given: "", expected: {} },
    { name: "empty ones", given: JSON.stringify({ driver: "", pluginsPath: null }), expected: {} },
  ])("are read from $name", ({ given, expected }) => {
    expect(checkConfig({ helmReleaseSettings: given })).toEqual([]);
    expect(environmentOf(given)).toEqual(expected);
  });

  test.each<{ given: Value; property: string; reason: RegExp }>([
    {
      given: JSON.stringify({ drivr: "sql" }),
      property: "helmReleaseSettings.drivr",
      reason: /drivr is no setting .* leave it out\. It knows driver, pluginsPath, /,
    },
    {
      given: JSON.stringify({ driver: "memory" }),
      property: "helmReleaseSettings.driver",
      reason: /cannot be "memory", which forgets .*use configmap or sql/,
    },
    {
      given: JSON.stringify({ driver: "postgres" }),
      property: "helmReleaseSettings.driver",
      reason: /cannot be "postgres"; leave it out for secret/,
    },
    {
      given: JSON.stringify({ repositoryCache: 7 }),
      property: "helmReleaseSettings.repositoryCache",
      reason: /must be a text/,
    },
    { given: "{", property: "helmReleaseSettings", reason: /must be a map of driver, / },
    { given: "[]", property: "helmReleaseSettings", reason: /must be a map of driver, / },
  ])("reject $given", ({ given, property, reason }) => {
    expect(checkConfig({ helmReleaseSettings: given })).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  test("may be unknown", () => expect(checkConfig({ helmReleaseSettings: Unknown.value })).toEqual([]));

  test("reach the helm program", async () => {
    const call = () => helm({ args: [], signal: new AbortController().signal, environment: environmentOf(all) });
    expect(await withHelm('echo "$HELM_DRIVER $HELM_REPOSITORY_CACHE"', call)).toBe("configmap /cache\n");
  });
});

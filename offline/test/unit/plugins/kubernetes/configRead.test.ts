import { readConfig } from "../../../../plugins/kubernetes/config.ts";
import type { Values } from "../../../../plugins/shared/values.ts";
import { here, within } from "./providers.ts";

describe("the provider configuration", () => {
  test("comes from the provider's inputs, then from the environment", () => {
    const read = (args: Values, environment: Record<string, string> = {}) =>
      within(environment, () => readConfig({ kubeconfig: here, ...args }));
    const variables = {
      PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE: "true",
      PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS: "true",
      PULUMI_K8S_CLIENT_QPS: "5",
      PULUMI_K8S_CLIENT_BURST: "6",
      PULUMI_K8S_CLIENT_TIMEOUT: "7",
    };
    expect(read({})).toMatchObject({
      client: {},
      options: { enableConfigMapMutable: false, suppressDeprecationWarnings: false },
    });
    expect(read({}, variables)).toMatchObject({
      client: { qps: 5, burst: 6, timeout: 7 },
      options: { enableConfigMapMutable: true, suppressDeprecationWarnings: true },
    });
    expect(read({ enableConfigMapMutable: "false", kubeClientSettings: `{"qps":1}` }, variables)).toMatchObject({
      client: { qps: 1, burst: 6 },
      options: { enableConfigMapMutable: false },
    });
  });
});

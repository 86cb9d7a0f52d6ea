import { checkConfig, readConfig } from "../../../../plugins/kubernetes/config.ts";
import { Unknown, type Value } from "../../../../plugins/shared/values.ts";

test.each<{ given: Value; expected: object }>([
  { given: JSON.stringify({ burst: 200, qps: 99.5 }), expected: { HELM_BURST_LIMIT: "200", HELM_QPS: "99.5" } },
  { given: { burst: 0, qps: 7, timeout: null }, expected: { HELM_QPS: "7" } },
  { given: "", expected: {} },
])("limits that Helm is told: $given", ({ given, expected }) => {
  expect(checkConfig({ kubeClientSettings: given })).toEqual([]);
  expect(readConfig({ kubeconfig: "clusters: []\n", kubeClientSettings: given }).options.helmEnvironment).toEqual(expected);
});

test.each<{ given: Value; property: string; reason: RegExp }>([
  { given: JSON.stringify({ timeout: 5 }), property: "kubeClientSettings.timeout", reason: /timeout is not built .* 60 s .* leave it out/ },
  { given: JSON.stringify({ qsp: 5 }), property: "kubeClientSettings.qsp", reason: /no setting .* It knows burst, qps/ },
  { given: JSON.stringify({ qps: "5" }), property: "kubeClientSettings.qps", reason: /a number above 0, not "5"/ },
  { given: "[]", property: "kubeClientSettings", reason: /must be a map/ },
])("limits that are refused: $given", ({ given, property, reason }) => {
  expect(checkConfig({ kubeClientSettings: given })).toEqual([{ property, reason: expect.stringMatching(reason) }]);
});

test("limits that are not known yet are not judged", () => expect(checkConfig({ kubeClientSettings: Unknown.value })).toEqual([]));

test.each<[Value, boolean]>([["./out", true], [Unknown.value, true], ["", false]])("files instead of a cluster: %p is refused: %p", (renderYamlToDirectory, refused) => {
  expect(checkConfig({ renderYamlToDirectory })).toEqual(refused ? [{ property: "renderYamlToDirectory", reason: expect.stringMatching(/would change the cluster/) }] : []);
});

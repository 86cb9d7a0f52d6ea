import { checkConfig, diffConfig } from "../../../../plugins/kubernetes/config.ts";
import { Unknown, type Values } from "../../../../plugins/shared/values.ts";
import { here, kubeconfig, there, within } from "./providers.ts";

describe("the diff of a provider", () => {
  test.each<{ name: string; olds: Values; news: Values; diffs: string[]; replaces: string[] }>([
    { name: "nothing", olds: { kubeconfig: here }, news: { kubeconfig: here }, diffs: [], replaces: [] },
    { name: "the plugin's version", olds: { version: "1" }, news: { version: "2" }, diffs: [], replaces: [] },
    {
      name: "another token for the same server",
      olds: { kubeconfig: here },
      news: { kubeconfig: kubeconfig("https://here:6443", "u") },
      diffs: ["kubeconfig"],
      replaces: [],
    },
    {
      name: "another server",
      olds: { kubeconfig: here },
      news: { kubeconfig: there },
      diffs: ["kubeconfig"],
      replaces: ["kubeconfig"],
    },
    {
      name: "a server that is not known yet",
      olds: { kubeconfig: here },
      news: { kubeconfig: Unknown.value },
      diffs: ["kubeconfig"],
      replaces: ["kubeconfig"],
    },
    {
      name: "another certificate authority of the server",
      olds: { kubeconfig: here },
      news: { kubeconfig: kubeconfig("https://here:6443", "t", { ca: "other" }) },
      diffs: ["kubeconfig"],
      replaces: ["kubeconfig"],
    },
    {
      name: "another current context",
      olds: { kubeconfig: here },
      news: { kubeconfig: kubeconfig("https://here:6443", "t", { current: "b" }) },
      diffs: ["kubeconfig"],
      replaces: ["kubeconfig"],
    },
    {
      name: "another current context, which is not used",
      olds: { kubeconfig: here, context: "a" },
      news: { kubeconfig: kubeconfig("https://here:6443", "t", { current: "b" }), context: "a" },
      diffs: ["kubeconfig"],
      replaces: [],
    },
    {
      name: "another context",
      olds: { kubeconfig: here, context: "a" },
      news: { kubeconfig: here, context: "b" },
      diffs: ["context"],
      replaces: ["context"],
    },
    {
      name: "another context of the same cluster",
      olds: { kubeconfig: here, context: "a" },
      news: { kubeconfig: here, context: "c" },
      diffs: ["context"],
      replaces: [],
    },
    {
      name: "another cluster of the same context",
      olds: { kubeconfig: here },
      news: { kubeconfig: here, cluster: "two" },
      diffs: ["cluster"],
      replaces: ["cluster"],
    },
    {
      name: "what is no kubeconfig",
      olds: { kubeconfig: "{" },
      news: { kubeconfig: "[" },
      diffs: ["kubeconfig"],
      replaces: ["kubeconfig"],
    },
    {
      name: "another server of the same identifier",
      olds: { kubeconfig: here, clusterIdentifier: "c" },
      news: { kubeconfig: there, clusterIdentifier: "c" },
      diffs: ["kubeconfig"],
      replaces: [],
    },
    {
      name: "one not known yet, of the same identifier",
      olds: { kubeconfig: here, clusterIdentifier: "c" },
      news: { kubeconfig: Unknown.value, clusterIdentifier: "c" },
      diffs: ["kubeconfig"],
      replaces: [],
    },
    {
      name: "another identifier",
      olds: { kubeconfig: here, clusterIdentifier: "c" },
      news: { kubeconfig: here, clusterIdentifier: "d" },
      diffs: ["clusterIdentifier"],
      replaces: ["clusterIdentifier"],
    },
    {
      name: "an identifier where there was none",
      olds: { kubeconfig: here },
      news: { kubeconfig: there, clusterIdentifier: "c" },
      diffs: ["clusterIdentifier", "kubeconfig"],
      replaces: [],
    },
    {
      name: "no identifier any more",
      olds: { kubeconfig: here, clusterIdentifier: "c" },
      news: { kubeconfig: there },
      diffs: ["clusterIdentifier", "kubeconfig"],
      replaces: [],
    },
    {
      name: "an option",
      olds: { kubeconfig: here },
      news: { kubeconfig: here, deleteUnreachable: "true" },
      diffs: ["deleteUnreachable"],
      replaces: [],
    },
  ])("with a change of $name", async ({ olds, news, diffs, replaces }) =>
    expect(await diffConfig(olds, news)).toEqual({ changes: diffs.length > 0, diffs, replaces }),
  );
});

describe("the check of a provider", () => {
  test.each<{
    name: string;
    news: Values;
    environment?: Record<string, string>;
    urn?: string;
    expected: [string, RegExp][];
  }>([
    { name: "nothing", news: {}, expected: [] },
    {
      name: "what the SDK sends",
      news: {
        alwaysRender: "false",
        enableServerSideApply: "true",
        deleteUnreachable: "true",
        suppressHelmHookWarnings: "true",
        kubeClientSettings: `{"qps":0.5,"burst":1,"timeout":32}`,
      },
      expected: [],
    },
    {
      name: "what is not built",
      news: { renderYamlToDirectory: "out", alwaysRender: "true" },
      expected: [
        ["renderYamlToDirectory", /not built/],
        ["alwaysRender", /not built/],
      ],
    },
    {
      name: "client-side apply",
      news: { enableServerSideApply: "false" },
      expected: [["enableServerSideApply", /leave enableServerSideApply out/]],
    },
    {
      name: "client-side apply by the environment",
      news: {},
      environment: { PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY: "false" },
      expected: [["enableServerSideApply", /leave PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY out/]],
    },
    {
      name: "a flag that is neither",
      news: { suppressDeprecationWarnings: "yes" },
      expected: [["suppressDeprecationWarnings", /true or false, not "yes"/]],
    },
    {
      name: "client settings of no use",
      news: { kubeClientSettings: `{"qps":0,"burst":1.5,"timeout":"soon","rate":1}` },
      expected: [
        ["kubeClientSettings.rate", /there are qps, burst, timeout/],
        ["kubeClientSettings.qps", /a number above 0, not 0/],
        ["kubeClientSettings.burst", /a whole number above 0/],
        ["kubeClientSettings.timeout", /not "soon"/],
      ],
    },
    {
      name: "client settings that are none",
      news: { kubeClientSettings: "7" },
      expected: [["kubeClientSettings", /must be a map/]],
    },
    {
      name: "client settings by the environment",
      news: {},
      environment: { PULUMI_K8S_CLIENT_BURST: "many" },
      expected: [["kubeClientSettings.burst", /^PULUMI_K8S_CLIENT_BURST must be a whole number/]],
    },
    {
      name: "strict mode and a provider that says enough",
      news: { kubeconfig: here, context: "c", strictMode: "true" },
      urn: "urn:pulumi:s::p::pulumi:providers:kubernetes::mine",
      expected: [],
    },
    {
      name: "strict mode of the stack and a default provider",
      news: { kubeconfig: here },
      environment: { PULUMI_CONFIG: `{"strictMode":"true"}` },
      urn: "urn:pulumi:s::p::pulumi:providers:kubernetes::default_4_34_2",
      expected: [
        ["strictMode", /prohibits default provider/],
        ["context", /requires Provider "context"/],
      ],
    },
  ])("with $name", ({ news, environment = {}, urn, expected }) => {
    expect(within(environment, () => checkConfig(news, urn)).map(({ property, reason }) => [property, reason])).toEqual(
      expected.map(([property, words]) => [property, expect.stringMatching(words)]),
    );
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "../../../../test/engine/support/project.ts";
import { Bindings, recorded, recordedReleases } from "../../support/plugins/traces.ts";

// Keys, certificates and the kubeconfig are not in the recordings. Their markers replace them in the state, and a
// kubeconfig without a cluster replaces the recorded one, so these texts are not compared. Validity starts with the
// test.

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const base64 = (text: string) => Buffer.from(text).toString("base64");
/** A kubeconfig whose cluster does not answer. */
export const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "c",
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "c", user: { token: "t" } }],
  contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
});

const bindings = new Bindings();
bindings.bind("<kubeconfig>", kubeconfig);
// The recorded Secret holds these texts in base64.
bindings.bind("<base64 3da7e844>", base64("<pem 1eab7eaf>"));
bindings.bind("<base64 d11b6192>", base64("<pem d8467aa3>"));

export interface Details {
  /** What each resource depends on, by `Kind name`. */
  dependencies?: Record<string, string[]>;
  additionalSecretOutputs?: Record<string, string[]>;
}

/** The state after a recorded first run. */
export function resourcesOf(
  file: string,
  plugins: string[],
  { dependencies = {}, additionalSecretOutputs = {} }: Details = {},
): object[] {
  const here = (urn: string) => urn.replace(/^urn:pulumi:\w+::\w+::/, "urn:pulumi:s::conformance::");
  const stack = "urn:pulumi:s::conformance::pulumi:pulumi:Stack::conformance-s";
  const titleOf = (urn: string) => urn.split("::").slice(2).join(" ").replace(/^.*:/, "");
  const providers: object[] = [];
  const resources: { urn: string; [key: string]: unknown }[] = [];
  for (const plugin of plugins) {
    const calls = recorded(plugin).filter((call) => call.file === file);
    const { urn, id, type } = calls.find((call) => call.method === "Configure")!.request as Record<string, string>;
    const inputs = encoded(bindings.of(calls.find((call) => call.method === "CheckConfig")!.response!["inputs"]));
    if (inputs.kubeconfig) inputs.kubeconfig = { ...secret, plaintext: JSON.stringify(inputs.kubeconfig) };
    const explicit = !titleOf(urn!).includes("default_");
    providers.push({
      urn: here(urn!),
      custom: true,
      id,
      type,
      inputs,
      outputs: inputs,
      ...(explicit ? { parent: stack } : {}),
    });
    for (const { request, response } of calls.filter((call) => call.method === "Create" && !call.request["preview"])) {
      const checked = calls.find((call) => call.method === "Check" && call.request["urn"] === request["urn"])!
        .response!["inputs"];
      const hidden = additionalSecretOutputs[request["name"]] ?? [];
      const outputs = valid(response!["properties"]);
      for (const name of hidden)
        if (!outputs[name][Object.keys(secret)[0]!]) outputs[name] = { ...secret, value: outputs[name] };
      resources.push({
        urn: here(request["urn"]),
        custom: true,
        id: response!["id"],
        type: request["type"],
        parent: stack,
        provider: `${here(urn!)}::${id}`,
        inputs: encoded(bindings.of(checked)),
        outputs: encoded(bindings.of(outputs)),
        dependencies: dependencies[titleOf(request["urn"])] ?? [],
        additionalSecretOutputs: hidden,
      });
    }
  }
  const urnOf = (title: string) => resources.find((r) => titleOf(r.urn) === title)!.urn;
  for (const resource of resources) resource["dependencies"] = (resource["dependencies"] as string[]).map(urnOf);
  return [{ urn: stack, custom: false, type: "pulumi:pulumi:Stack" }, ...providers, ...resources];
}

/** A value as a state holds it, where a secret's value is JSON text. */
function encoded(value: any): any {
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value;
  if (Object.keys(secret).every((key) => key in value))
    return { ...secret, plaintext: JSON.stringify(encoded(value.value)) };
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encoded(v)]));
}

/** Outputs of a certificate, valid from now on. */
function valid(outputs: any): any {
  if (!outputs.validityEndTime) return { ...outputs };
  const now = Date.now();
  return {
    ...outputs,
    validityStartTime: new Date(now).toISOString(),
    validityEndTime: new Date(now + outputs.validityPeriodHours * 3_600_000).toISOString(),
  };
}

/** `pulumi stack import`, with the secrets provider that a first, empty run set up. */
export async function importInto(project: Project, resources: object[]): Promise<void> {
  await project.up("");
  const { manifest, secrets_providers } = JSON.parse(project.stateText()).checkpoint.latest;
  const file = join(project.folder, "official.json");
  writeFileSync(file, JSON.stringify({ version: 3, deployment: { manifest, secrets_providers, resources } }));
  const { child, ended } = project.spawn(["stack", "import", "--file", file, "--stack", "s"]);
  let output = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  if ((await ended) !== 0) throw new Error(output);
}

/** The state of recording 16: a provider and two Releases. */
export function releaseResources(): object[] {
  const [stack, provider] = resourcesOf("01", ["kubernetes"]) as Record<string, string>[];
  const type = "kubernetes:helm.sh/v3:Release";
  return [
    stack!,
    provider!,
    ...recordedReleases().map(({ name, inputs, outputs }) => ({
      urn: `urn:pulumi:s::conformance::${type}::${name}`,
      custom: true,
      id: `${inputs["namespace"]}/${inputs["name"]}`,
      type,
      parent: stack!["urn"],
      provider: `${provider!["urn"]}::${provider!["id"]}`,
      inputs,
      outputs: { ...outputs, __inputs: { ...secret, plaintext: JSON.stringify(inputs) } },
    })),
  ];
}

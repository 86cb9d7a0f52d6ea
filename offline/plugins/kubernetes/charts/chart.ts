import type { ConstructRequest } from "../../shared/plugin.ts";
import { hasUnknown, reveal, Unknown, type Values } from "../../shared/values.ts";
import { Unreachable, type Context } from "../cluster.ts";
import { withNamespace } from "../manifests/configGroup.ts";
import { parseManifests, type Manifest } from "../manifests/parse.ts";
import { registerComponent } from "../manifests/register.ts";
import { chartArguments, type ChartInputs } from "./chartArguments.ts";
import { helm } from "./helm.ts";
import { markTexts, secretTexts, withoutTexts } from "./secretTexts.ts";

interface Inputs extends ChartInputs {
  name?: string;
  namespace?: string;
  skipCrds?: boolean;
  skipAwait?: boolean;
  resourcePrefix?: string;
  postRenderer?: { command: string; args?: string[] };
}

const known = [
  "chart",
  "dependencyUpdate",
  "devel",
  "keyring",
  "name",
  "namespace",
  "plainHttp",
  "postRenderer",
  "repositoryOpts",
  "resourcePrefix",
  "skipAwait",
  "skipCrds",
  "valueYamlFiles",
  "values",
  "verify",
  "version",
];

/** The component `helm.sh/v4:Chart`: every object of a rendered chart as a resource. Hooks are not run. */
export async function constructChart(
  request: ConstructRequest,
  { cluster, engine }: Context,
): Promise<{ urn: string; state: Values }> {
  refuseOthers(request);
  if (hasUnknown(request.inputs)) {
    engine.log("warning", `${request.name}: its inputs are not known yet, so this preview does not show its objects`);
    return registerComponent(request, undefined);
  }
  const inputs = reveal(request.inputs) as Inputs;
  const namespace = inputs.namespace ?? cluster.namespace;
  const secrets = secretTexts(request.inputs);
  const { manifests, warnings } = await render(request.name, inputs, namespace, {
    cluster,
    signal: request.signal,
    secrets,
  });
  const placed = await Promise.all(manifests.map((manifest) => withNamespace(manifest, cluster, manifests, namespace)));
  const made = await registerComponent(request, placed, {
    keep: keeps,
    prefix: inputs.resourcePrefix,
    skipAwait: inputs.skipAwait,
    inputs: (manifest) => markTexts(manifest as unknown as Values, secrets) as Values,
  });
  for (const warning of [...warnings, ...unsupportedPolicies(manifests)]) engine.log("warning", warning, made.urn);
  return made;
}

/** Whether an object says that it stays when its chart goes: https://helm.sh/docs/howto/charts_tips_and_tricks/ */
function keeps(manifest: Manifest): boolean {
  return policyOf(manifest) === "keep";
}

function policyOf({ metadata }: Manifest): string | undefined {
  return metadata.annotations?.["helm.sh/resource-policy"];
}

function unsupportedPolicies(manifests: Manifest[]): string[] {
  return manifests
    .map(policyOf)
    .filter((policy) => policy !== undefined && policy !== "keep")
    .map((policy) => `Unsupported Helm resource policy ${JSON.stringify(policy)}`);
}

async function render(
  name: string,
  inputs: Inputs,
  namespace: string,
  { cluster, signal, secrets }: { cluster: Context["cluster"]; signal: AbortSignal; secrets: string[] },
): Promise<{ manifests: Manifest[]; warnings: string[] }> {
  const { args, files } = chartArguments(inputs);
  let capabilities: string[];
  try {
    capabilities = [
      "--kube-version",
      await cluster.serverVersion(),
      "--api-versions",
      (await cluster.apiVersions()).join(","),
    ];
  } catch (error) {
    // Charts render by what the cluster can do; rendered without it, objects would seem to come or go.
    throw error instanceof Unreachable ? new Error(`chart ${name} cannot be rendered: ${error.message}`) : error;
  }
  // As the official plugin: the chart's `lookup` sees the cluster, in previews too.
  const asks = ["--dry-run=server", ...(cluster.context ? ["--kube-context", cluster.context] : [])];
  const crds = inputs.skipCrds ? "--skip-crds" : "--include-crds";
  const { command, args: more = [] } = inputs.postRenderer ?? {};
  const renderer = command ? ["--post-renderer", command, ...more.flatMap((arg) => ["--post-renderer-args", arg])] : [];
  const said: string[] = [];
  try {
    const text = await helm({
      args: [
        "template",
        inputs.name ?? name,
        ...args,
        "--namespace",
        namespace,
        crds,
        "--no-hooks",
        "--skip-tests",
        ...renderer,
        ...capabilities,
        ...asks,
      ],
      files,
      kubeconfig: cluster.kubeconfigText,
      environment: cluster.options.helmEnvironment,
      note: (line) => said.push(line),
      signal,
    });
    const own = /^# Source: ([^/\n]+)\//m.exec(text)?.[1] ?? inputs.chart;
    return {
      manifests: parseManifests(text, `chart ${name}`),
      warnings: /chart is deprecated/i.test(said.join("")) ? [`Using a deprecated Helm chart (${own})`] : [],
    };
  } catch (error) {
    throw new Error(
      `chart ${name} (${inputs.chart}) cannot be rendered: ${withoutTexts((error as Error).message, secrets)}`,
    );
  }
}

/** What a chart cannot be told here is refused, rather than left out silently. */
function refuseOthers({ name, inputs }: ConstructRequest): void {
  const given = Object.entries(inputs)
    .filter(([, value]) => value instanceof Unknown || Boolean(reveal(value)))
    .map(([key]) => key);
  if (given.includes("includeHooks"))
    throw new Error(
      `chart ${name}: includeHooks is not built into this stand-in for the kubernetes ` +
        "plugin: a Chart's hooks are not run; leave it out, use helm.v3.Release, which runs " +
        "them, or the official plugin",
    );
  const other = given.find((key) => !known.includes(key));
  if (other)
    throw new Error(
      `chart ${name}: ${other} is no input of a Chart that this stand-in for the ` +
        `kubernetes plugin knows; leave it out. It knows ${known.join(", ")}`,
    );
}

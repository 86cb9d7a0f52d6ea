import { createHash } from "node:crypto";
import { changedPaths } from "../../shared/changes.ts";
import { InitFailed, type DiffKind } from "../../shared/plugin.ts";
import { hasUnknown, isObject, reveal, Secret, Unknown, type Values } from "../../shared/values.ts";
import { Unreachable, type Cluster, type Context, type ResourceHandler } from "../cluster.ts";
import { dropUnreachable } from "../object/unreachable.ts";
import { fieldManagerOf } from "../object/state.ts";
import { parseManifests } from "../manifests/parse.ts";
import { chartArguments } from "./chartArguments.ts";
import { helm } from "./helm.ts";
import { refusedInputs, releaseInputs } from "./releaseInputs.ts";
import { releaseOptions, type ReleaseInputs as Inputs } from "./releaseOptions.ts";
import { rendered, resourceNames, type Rendered } from "./rendered.ts";
import { renderedBefore } from "./renderedBefore.ts";
import { secretTexts, withoutTexts } from "./secretTexts.ts";

/** One line of `helm list`. */
interface Listed {
  name: string;
  namespace: string;
  revision: string;
  status: string;
  chart: string;
  app_version: string;
}

type Target = Context & { signal: AbortSignal };

/** Label of the releases that a stack made, by which it knows them again after a crash. */
const label = "pulumi";

/** A Helm release: `helm.sh/v3:Release`, made by the helm program. */
export const release: ResourceHandler = {
  check: async ({ name, olds, news, randomSeed, cluster, signal }) => {
    const made = `${name}-${createHash("sha256").update(randomSeed).digest("hex").slice(0, 8)}`;
    const old = hasUnknown(olds["name"]) ? undefined : olds["name"];
    const failures = refusedInputs(news);
    const placed = { ...news, name: news["name"] || old || made, namespace: news["namespace"] || cluster.namespace };
    let inputs: Values;
    try {
      inputs = releaseInputs(placed);
    } catch (error) {
      return {
        inputs: placed,
        failures: [...failures, { property: "valueYamlFiles", reason: (error as Error).message }],
      };
    }
    if (failures.length > 0) return { inputs, failures };
    if (hasUnknown(inputs))
      return { inputs: { ...inputs, checksum: Unknown.value, resourceNames: Unknown.value }, failures };
    try {
      return {
        inputs: {
          ...inputs,
          ...(await render(reveal(inputs) as Inputs, reveal(olds) as Partial<Rendered>, { cluster, signal })),
        },
        failures,
      };
    } catch (error) {
      return {
        inputs,
        failures: [
          {
            property: "chart",
            reason: `${withoutTexts((error as Error).message, secretTexts(inputs))}; check the chart's name, version and repository`,
          },
        ],
      };
    }
  },

  diff: async ({ oldInputs, olds, news, ignoreChanges }) => {
    const before = inputsOf(olds) ?? oldInputs;
    const ignored = ignoreChanges.includes("checksum");
    const changes = changedPaths(before, news).filter(({ path }) => path !== "checksum" || !ignored);
    const replaces = changes.filter(({ path }) => ["name", "namespace"].includes(path)).map(({ path }) => path);
    const detailedDiff = Object.fromEntries(
      changes.map(({ path, kind }) => [
        path,
        { kind: (replaces.includes(path) ? `${kind}-replace` : kind) as DiffKind, inputDiff: true },
      ]),
    );
    const diffs = [...new Set(changes.map(({ path }) => path.split(/[.[]/)[0]!))];
    return { changes: changes.length > 0, replaces, diffs, detailedDiff };
  },

  create: async (request) => {
    const { properties, preview, urn } = request;
    if (preview) return { id: "", properties: foreseen(properties) };
    const inputs = reveal(properties) as Inputs;
    const found = await list(request, inputs);
    const id = `${inputs.namespace}/${inputs.name}`;
    if (!found || (inputs.replace && found.status === "uninstalled"))
      return { id, properties: await deploy(request, properties, "install") };
    if (!(await list(request, inputs, ownerOf(urn))))
      throw new Error(
        `release "${inputs.name}" already exists in namespace ${inputs.namespace} and was not made by this stack; give yours another name, or uninstall the one that is there (helm uninstall ${inputs.name} -n ${inputs.namespace})`,
      );
    if (found.status === "deployed") return { id, properties: await deploy(request, properties, "upgrade") };
    // What an interrupted installation left is not worth keeping.
    await uninstall(request, inputs);
    return { id, properties: await deploy(request, properties, "install") };
  },

  update: async (request) => {
    const { news, preview } = request;
    if (preview) return { properties: foreseen(news) };
    const inputs = reveal(news) as Inputs;
    const found = await list(request, inputs);
    if (found && /^pending-(upgrade|rollback)$/.test(found.status))
      await run(request, inputs, ["rollback", inputs.name, "--wait", "--timeout", `${inputs.timeout || 300}s`]);
    if (found?.status === "pending-install") await uninstall(request, inputs);
    return { properties: await deploy(request, news, "upgrade") };
  },

  read: async (request) => {
    const { id, properties, inputs } = request;
    const slash = id.indexOf("/");
    const place = { namespace: slash < 0 ? request.cluster.namespace : id.slice(0, slash), name: id.slice(slash + 1) };
    const found = await list(request, place);
    if (!found) return undefined;
    const status = statusOf(found);
    const live = { version: status["version"]!, resourceNames: await liveNames(request, place), status };
    if (Object.keys(inputs).length > 0) return { id, inputs, properties: { ...properties, ...live } };
    const values = JSON.parse(await run(request, place, ["get", "values", place.name, "-o", "json"])) as Values | null;
    const imported = releaseInputs({ ...place, chart: status["chart"]!, version: live.version, values: values ?? {} });
    // A release does not say where its chart came from. Where the name alone leads to none, Check will say so, as with the official plugin.
    const computed = await render(reveal(imported) as unknown as Inputs, {}, request).catch(() => ({
      checksum: "",
      resourceNames: live.resourceNames,
    }));
    return { id, inputs: { ...imported, ...computed }, properties: stateOf({ ...imported, ...computed }, live) };
  },

  delete: async (request) => {
    const inputs = reveal(request.properties) as Inputs;
    try {
      await uninstall(request, inputs);
    } catch (error) {
      dropUnreachable(error, request.cluster);
    }
  },
};

/** Installs or upgrades, and answers the release's new properties. A release that did not come up stays in state. */
async function deploy(
  request: Target & { urn: string },
  properties: Values,
  verb: "install" | "upgrade",
): Promise<Values> {
  const inputs = reveal(properties) as Inputs;
  const { args, files } = chartArguments(inputs);
  try {
    await run(
      request,
      inputs,
      [
        ...(verb === "install" ? ["install"] : ["upgrade", "--install"]),
        inputs.name,
        ...args,
        ...releaseOptions(inputs, verb),
        "--labels",
        `${label}=${ownerOf(request.urn)}`,
      ],
      files,
    );
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    const message = `release "${inputs.name}" in namespace ${inputs.namespace}: ${explained(withoutTexts((error as Error).message, secretTexts(properties)))}`;
    const left = request.signal.aborted ? undefined : await list(request, inputs).catch(() => undefined);
    if (!left) throw new Error(message);
    throw new InitFailed(message, {
      id: `${inputs.namespace}/${inputs.name}`,
      properties: stateOf(properties, { status: statusOf(left) }),
      inputs: properties,
      reasons: [message],
    });
  }
  const made = await list(request, inputs);
  if (!made)
    throw new Error(
      `release "${inputs.name}" was installed, and now it is not in namespace ${inputs.namespace}: did somebody uninstall it?`,
    );
  const status = statusOf(made);
  return stateOf(properties, { version: status["version"]!, resourceNames: await liveNames(request, inputs), status });
}

async function uninstall(
  request: Target,
  inputs: Pick<Inputs, "name" | "namespace" | "timeout" | "atomic" | "skipAwait">,
): Promise<void> {
  const wait = inputs.skipAwait && !inputs.atomic ? [] : ["--wait", "--timeout", `${inputs.timeout || 300}s`];
  await run(request, inputs, ["uninstall", inputs.name, "--ignore-not-found", ...wait]);
}

/** The release in whatever state it is, or undefined. */
async function list(
  request: Target,
  { name, namespace }: { name: string; namespace: string },
  owner?: string,
): Promise<Listed | undefined> {
  const selector = owner ? ["--selector", `${label}=${owner}`] : [];
  const text = await run(request, { namespace }, [
    "list",
    "--all",
    "--filter",
    `^${name.replaceAll(".", "\\.")}$`,
    "-o",
    "json",
    ...selector,
  ]);
  return (JSON.parse(text) as Listed[])[0];
}

async function liveNames(request: Target, inputs: { name: string; namespace: string }): Promise<Values> {
  return resourceNames(
    parseManifests(await run(request, inputs, ["get", "manifest", inputs.name]), `release ${inputs.name}`),
  );
}

/** What the release would hold, without asking the cluster: the official plugin previews releases of clusters out of reach. */
async function render(
  inputs: Inputs,
  before: Partial<Rendered>,
  { cluster, signal }: { cluster: Cluster; signal: AbortSignal },
): Promise<Values> {
  const { args, files } = chartArguments(inputs);
  const template = [
    "template",
    inputs.name,
    ...args,
    "--namespace",
    inputs.namespace,
    ...(inputs.skipCrds ? ["--skip-crds"] : ["--include-crds"]),
    ...(inputs.disableWebhooks ? ["--no-hooks"] : []),
    ...(inputs.postrender ? ["--post-renderer", inputs.postrender] : []),
  ];
  const print = (more: string[]): Promise<string> =>
    helm({ args: [...template, ...more], files, environment: cluster.options.helmEnvironment, signal });
  const where = `release ${inputs.name}`;
  const now = async (): Promise<Rendered> => rendered(await print([]), where, before);
  // A post-renderer is a program, which may print something else each time.
  const done = inputs.postrender
    ? now()
    : renderedBefore(
        { ...inputs, repo: inputs.repositoryOpts?.repo },
        { args: template, files, environment: cluster.options.helmEnvironment },
        now,
      );
  // Helm built without its release scripts takes the cluster for an old one; the real one decides whether a chart fits.
  const result = await done.catch(async (error: Error) => {
    if (!error.message.includes("kubeVersion")) throw error;
    return rendered(await print(["--kube-version", await cluster.serverVersion()]), where, before);
  });
  return { ...result };
}

/** What the engine keeps of a release, as the official plugin has it: the inputs, what became of them, and them once more. */
function stateOf(inputs: Values, live: Values): Values {
  return { ...inputs, ...live, __inputs: new Secret(inputs) };
}

/** What a preview says of the release that it would make. */
function foreseen(inputs: Values): Values {
  return stateOf(inputs, { version: inputs["version"] || Unknown.value, status: Unknown.value });
}

/** The inputs with which a state was made, if it is of the official shape. */
function inputsOf(state: Values): Values | undefined {
  const kept = state["__inputs"] instanceof Secret ? state["__inputs"].value : state["__inputs"];
  return isObject(kept) ? (kept as Values) : undefined;
}

function run(
  { cluster, signal }: Target,
  { namespace }: { namespace: string },
  args: string[],
  files?: Record<string, string>,
): Promise<string> {
  const context = cluster.context ? ["--kube-context", cluster.context] : [];
  return helm({
    args: [...args, "--namespace", namespace, ...context],
    files,
    kubeconfig: cluster.kubeconfigText,
    environment: cluster.options.helmEnvironment,
    signal,
  }).catch((error: Error) => {
    throw /cluster unreachable|connection refused|no such host|i\/o timeout/i.test(error.message)
      ? new Unreachable(`the cluster at ${cluster.server} cannot be reached: ${error.message}`)
      : error;
  });
}

function statusOf({ app_version, chart, name, namespace, revision, status }: Listed): Values {
  const version = /-(v?\d+\.\d+\.\d+.*)$/.exec(chart)?.[1] ?? "";
  return {
    appVersion: app_version,
    chart: version ? chart.slice(0, -version.length - 1) : chart,
    name,
    namespace,
    revision: Number(revision),
    status,
    version,
  };
}

function ownerOf(urn: string): string {
  return fieldManagerOf(urn).split("-").at(-1)!;
}

function explained(message: string): string {
  if (!message.includes("cannot be imported into the current release")) return message;
  return `${message}\nObjects of another owner are in the way. Delete them, or let this release take them over: set its takeOwnership to true, or set their label app.kubernetes.io/managed-by=Helm and their annotations meta.helm.sh/release-name and meta.helm.sh/release-namespace`;
}

import { createHash } from "node:crypto";
import type { CheckFailure } from "../../shared/plugin.ts";
import { hasUnknown, reveal, Unknown, type Values } from "../../shared/values.ts";
import type { ResourceHandler } from "../cluster.ts";
import { dropUnreachable } from "../object/unreachable.ts";
import { chartVersion } from "./chartVersion.ts";
import { deployRelease } from "./deployRelease.ts";
import { diffRelease } from "./releaseDiff.ts";
import { findRelease, liveState, ownerOf, runHelm, timeoutOf, uninstall, type Target } from "./releaseHelm.ts";
import { refusedInputs, releaseInputs } from "./releaseInputs.ts";
import type { ReleaseInputs } from "./releaseOptions.ts";
import { previewState, stateOf } from "./releaseState.ts";
import { secretTexts, withoutTexts } from "./secretTexts.ts";

/** A Helm release: `helm.sh/v3:Release`, by the Helm program. */
export const release: ResourceHandler = {
  check: async ({ name, olds, news, randomSeed, cluster, signal }) => {
    const generated = `${name}-${createHash("sha256").update(randomSeed).digest("hex").slice(0, 8)}`;
    const old = hasUnknown(olds["name"]) ? undefined : olds["name"];
    const named = {
      ...news,
      name: news["name"] || old || generated,
      namespace: news["namespace"] || cluster.namespace,
    };
    const failures = refusedInputs(news);
    const fail = (inputs: Values, ...more: CheckFailure[]) => ({ inputs, failures: [...failures, ...more] });
    let inputs: Values;
    try {
      inputs = releaseInputs(named);
    } catch (error) {
      return fail(named, { property: "valueYamlFiles", reason: (error as Error).message });
    }
    if (failures.length > 0) return fail(inputs);
    try {
      const version = await chartVersion(inputs, { environment: cluster.options.helmEnvironment, signal });
      return fail({ ...inputs, version: version ?? (inputs["version"] || Unknown.value) });
    } catch (error) {
      const problem = withoutTexts((error as Error).message, secretTexts(inputs));
      const reason = `${problem}; check the chart's name, version and repository`;
      return fail(inputs, { property: "chart", reason });
    }
  },

  diff: async ({ oldInputs, olds, news, ignoreChanges }) => diffRelease(olds, oldInputs, news, ignoreChanges),

  create: async (request) => {
    const { properties, preview, urn } = request;
    if (preview) return { id: "", properties: previewState(properties) };
    const inputs = reveal(properties) as ReleaseInputs;
    const found = await findRelease(request, inputs);
    const id = `${inputs.namespace}/${inputs.name}`;
    if (!found || (inputs.replace && found.status === "uninstalled"))
      return { id, properties: await deployRelease(request, properties, "install") };
    if (!(await findRelease(request, inputs, ownerOf(urn)))) throw foreignRelease(inputs);
    if (found.status === "deployed") return { id, properties: await deployRelease(request, properties, "upgrade") };
    // An interrupted installation: nothing of it is worth keeping.
    await uninstall(request, inputs);
    return { id, properties: await deployRelease(request, properties, "install") };
  },

  update: async (request) => {
    const { news, preview } = request;
    if (preview) return { properties: previewState(news) };
    const inputs = reveal(news) as ReleaseInputs;
    const found = await findRelease(request, inputs);
    if (found && /^pending-(upgrade|rollback)$/.test(found.status))
      await runHelm(request, inputs, ["rollback", inputs.name, "--wait", "--timeout", timeoutOf(inputs)]);
    if (found?.status === "pending-install") await uninstall(request, inputs);
    return { properties: await deployRelease(request, news, "upgrade") };
  },

  read: async (request) => {
    const { id, properties, inputs } = request;
    const slash = id.indexOf("/");
    const namespace = slash < 0 ? request.cluster.namespace : id.slice(0, slash);
    const named = { namespace, name: id.slice(slash + 1) };
    const found = await findRelease(request, named);
    if (!found) return undefined;
    const live = await liveState(request, named, found);
    if (Object.keys(inputs).length > 0) return { id, inputs, properties: { ...properties, ...live } };
    const imported = await importedInputs(request, named, live);
    return { id, inputs: imported, properties: stateOf(imported, live) };
  },

  delete: async (request) => {
    const inputs = reveal(request.properties) as ReleaseInputs;
    try {
      await uninstall(request, inputs);
    } catch (error) {
      dropUnreachable(error, request.cluster);
    }
  },
};

/** Inputs for a release that is imported. The cluster knows the name of the chart only, not its source. */
async function importedInputs(target: Target, named: { name: string; namespace: string }, live: Values) {
  const values = JSON.parse(await runHelm(target, named, ["get", "values", named.name, "-o", "json"])) as Values | null;
  const { chart } = live["status"] as Values;
  return releaseInputs({ ...named, chart: chart!, version: live["version"]!, values: values ?? {} });
}

function foreignRelease({ name, namespace }: ReleaseInputs): Error {
  return new Error(
    `release "${name}" already exists in namespace ${namespace} and does not belong to this stack. ` +
      `Choose another name, or uninstall the existing release: helm uninstall ${name} -n ${namespace}`,
  );
}

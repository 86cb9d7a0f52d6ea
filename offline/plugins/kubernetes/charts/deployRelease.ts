import { InitFailed } from "../../shared/plugin.ts";
import { reveal, type Values } from "../../shared/values.ts";
import { Unreachable } from "../cluster.ts";
import { chartArguments } from "./chartArguments.ts";
import { findRelease, labelOption, liveState, runHelm, type Target } from "./releaseHelm.ts";
import { releaseOptions, type ReleaseInputs } from "./releaseOptions.ts";
import { stateOf, statusOf } from "./releaseState.ts";
import { secretTexts, withoutTexts } from "./secretTexts.ts";

/**
 * Installs or upgrades a release.
 *
 * @returns the new state
 * @throws `InitFailed` when the release exists but its objects did not become ready: it stays in the state
 */
export async function deployRelease(
  request: Target & { urn: string },
  properties: Values,
  verb: "install" | "upgrade",
): Promise<Values> {
  const inputs = reveal(properties) as ReleaseInputs;
  const { args, files } = chartArguments(inputs);
  const command = verb === "install" ? ["install"] : ["upgrade", "--install"];
  const options = [...releaseOptions(inputs, verb), ...labelOption(request.urn)];
  try {
    await runHelm(request, inputs, [...command, inputs.name, ...args, ...options], files);
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    throw await failure(request, properties, inputs, withoutTexts((error as Error).message, secretTexts(properties)));
  }
  const listed = await findRelease(request, inputs);
  if (!listed)
    throw new Error(
      `release "${inputs.name}" was uninstalled from namespace ${inputs.namespace} during this operation`,
    );
  return stateOf(properties, await liveState(request, inputs, listed));
}

async function failure(request: Target, properties: Values, inputs: ReleaseInputs, reason: string): Promise<Error> {
  const { name, namespace } = inputs;
  const message = `release "${name}" in namespace ${namespace}: ${withRemedy(reason)}`;
  const listed = request.signal.aborted ? undefined : await findRelease(request, inputs).catch(() => undefined);
  if (!listed) return new Error(message);
  const live = await liveState(request, inputs, listed).catch(() => ({ status: statusOf(listed) }));
  return new InitFailed(message, {
    id: `${namespace}/${name}`,
    properties: stateOf(properties, live),
    inputs: properties,
    reasons: [message],
  });
}

function withRemedy(message: string): string {
  if (!message.includes("cannot be imported into the current release")) return message;
  return (
    `${message}\nThe objects belong to another owner. Delete them, or let this release take them over: set its ` +
    "takeOwnership to true, or set their label app.kubernetes.io/managed-by=Helm and their annotations " +
    "meta.helm.sh/release-name and meta.helm.sh/release-namespace"
  );
}

import { rotationOrder, type RotationPhase, type RotationStep } from "../trust/rotationPhases.ts";
import { configPrefix } from "./declaredMesh.ts";
import { defaultCa } from "./defaults.ts";
import { readChecked } from "./fields.ts";
import { meshConfigSchema } from "./meshSchema.ts";
import { withMapping, withoutKey } from "./yamlEdits.ts";

/** What a stack file says about the mesh's root. */
export interface ConfiguredRotation {
  phase: RotationPhase;
  /** Number of the root that becomes the active one; undefined in phase `none`. */
  next: number | undefined;
  /** Provider of the CA. */
  provider: string;
  /** Number of the active root before a rotation; undefined where this project does not make the root. */
  root: number | undefined;
}

const schema = meshConfigSchema.pick({ ca: true, rotation: true, istio: true });

/**
 * Reads the keys of a mesh stack that are about its root.
 * @param raw values of the stack's keys, without the project prefix
 * @throws UserError `config-invalid` with a detail for each wrong key
 */
export function configuredRotation(raw: Readonly<Record<string, unknown>>, stack: string): ConfiguredRotation {
  const keys = Object.keys(schema.shape).filter((key) => raw[key] !== undefined);
  const config = readChecked(schema, Object.fromEntries(keys.map((key) => [key, raw[key]])), stack);
  const ca = config.ca ?? defaultCa(config.istio.provider);
  return {
    phase: config.rotation?.phase ?? rotationOrder[0],
    next: config.rotation?.next,
    provider: ca.provider,
    root: "root" in ca ? ca.root : undefined,
  };
}

/**
 * A stack file with the next step of a rotation. `done` drops the key `rotation` and writes the number of the new root
 * to `ca`. Everything else stays as it is, comments and spaces too.
 * @param text of the file, which is valid
 */
export function withRotation(text: string, step: RotationStep, { next, provider }: { next: number; provider: string }) {
  const [rotation, ca] = [`${configPrefix}rotation`, `${configPrefix}ca`];
  if (step !== "done") return withMapping(text, ["config", rotation], { next, phase: step });
  return withMapping(withoutKey(text, ["config", rotation]), ["config", ca], { root: next }, { provider });
}

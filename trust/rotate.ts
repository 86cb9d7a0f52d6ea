import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { withRotation } from "../federation/config/rotationKeys.ts";
import { printableJson, UserError } from "../federation/errors/userError.ts";
import { nextPhase, type RotationStep } from "../federation/trust/rotationPhases.ts";
import type { Toolchain } from "../tools/index.ts";
import { writeInOneStep } from "../tools/writeInOneStep.ts";
import { committedFile } from "../workspace/stackConfig.ts";
import { ownMeshes, readFederation, type OwnMesh } from "./readFederation.ts";
import { rotationScreen } from "./printRotation.ts";
import { isOpen, rotationJson, rotationReport, type RotationReport } from "./rotationReport.ts";

/** What `npm run rotate` is asked for. */
export interface RotateOptions {
  /** Only this mesh; default: all with a stack file. */
  mesh?: string;
  /** Step to write to the stack file of `mesh`. */
  to?: RotationStep;
  /** Number of the next root, for step `add`. Default: one more than the active one. */
  next?: number;
  /** Milliseconds to wait for open gates; default: do not wait. */
  wait?: number;
  json: boolean;
}

/** Milliseconds between two readings while the command waits. */
const interval = 5_000;

/**
 * Shows the roots of the meshes and whether the next phase of each rotation may go. With `to`, writes that phase to the
 * stack file if its gate is open. Returns the exit code: 1 where a mesh cannot be read, or where a gate that was asked
 * for is closed.
 */
export async function rotate(tools: Toolchain, options: RotateOptions): Promise<number> {
  const own = chosen(ownMeshes(), options.mesh);
  const change = options.to && planChange(own[0]!, options.to, options.next);
  const report = await readUntilOpen(tools, own, options.wait);
  const written = change && isOpen(report) ? writeChange(own[0]!, change) : undefined;
  if (options.json) process.stdout.write(`${printableJson(rotationJson(report, written))}\n`);
  else process.stdout.write(rotationScreen(report) + (written ? `\n${afterwards(own[0]!, change!, written)}\n` : ""));
  if (change && !written) throw closed(own[0]!, change, report);
  const isRead = report.meshes.every(({ table }) => table !== undefined);
  return isRead && (options.wait === undefined || isOpen(report)) ? 0 : 1;
}

function chosen(own: OwnMesh[], name: string | undefined): OwnMesh[] {
  const found = name === undefined ? own : own.filter((mesh) => mesh.name === name || mesh.stack === name);
  if (found.length > 0) return found;
  throw new UserError("mesh-unknown", {
    subject: name === undefined ? "stacks/" : `mesh "${name}"`,
    problem: name === undefined ? "there is no mesh stack" : "no stack file declares it",
    remedy: `Declared meshes: ${own.map((mesh) => mesh.name).join(", ") || "none"}`,
  });
}

/** A step with the number of the root that becomes the active one. */
export interface RotationChange {
  step: RotationStep;
  next: number;
}

/**
 * The change that a step makes.
 * @throws UserError when the step does not follow the configured phase, or the root is not one of this project
 */
export function planChange({ name, configured }: OwnMesh, to: RotationStep, next: number | undefined): RotationChange {
  const { phase, provider, root } = configured;
  if (root === undefined)
    throw new UserError("rotation-not-configurable", {
      subject: `mesh "${name}"`,
      problem: `its CA is ${provider}, and \`rotation\` is a key of a CA that is shared or own`,
      remedy: "The owner of the CA changes its root: bundle with both, new issuer, bundle with the new one",
    });
  if (to !== nextPhase[phase])
    throw new UserError("rotation-phase-order", {
      subject: `mesh "${name}"`,
      problem: phase === "none" ? `${to} was given, and no rotation is configured` : `${to} does not follow ${phase}`,
      remedy: `The next step is ${nextPhase[phase]}`,
    });
  const number = configured.next ?? next ?? root + 1;
  if (next !== undefined && next !== number)
    throw new UserError("rotation-phase-order", {
      subject: `mesh "${name}"`,
      problem: `the rotation under way is to root ${number}, not ${next}`,
      remedy: "Omit --next, or end the rotation first",
    });
  if (number === root)
    throw new UserError("rotation-phase-order", {
      subject: `mesh "${name}"`,
      problem: `root ${root} is the active one already`,
      remedy: "Name another number",
    });
  return { step: to, next: number };
}

/** Reads until all gates are open or the time is up. */
async function readUntilOpen(tools: Toolchain, own: OwnMesh[], wait = 0): Promise<RotationReport> {
  const end = Date.now() + wait;
  for (;;) {
    const report = rotationReport(await readFederation(tools, own));
    if (isOpen(report) || Date.now() + interval > end) return report;
    await sleep(interval);
  }
}

/** Writes a change. Returns the path within the clone. */
function writeChange({ stack, configured }: OwnMesh, { step, next }: RotationChange): string {
  const path = committedFile(stack);
  const text = withRotation(readFileSync(path, "utf8"), step, { next, provider: configured.provider });
  writeInOneStep(path, text);
  return `stacks/Pulumi.${stack}.yaml`;
}

function afterwards({ name, stack, configured }: OwnMesh, { step, next }: RotationChange, path: string): string {
  return [
    `Wrote ${step} to ${path}. Review and commit it, and run \`npm run pulumi -- up --stack ${stack}\`.`,
    ...(configured.provider === "shared" && step === "add"
      ? [`The trust stack must have root ${next} in root.generations before.`]
      : []),
    ...(step === "done" ? [] : [`Then wait for the next gate: \`npm run rotate -- --mesh ${name} --wait 600\`.`]),
  ].join("\n");
}

function closed({ name }: OwnMesh, { step }: RotationChange, { meshes }: RotationReport): UserError {
  const findings = meshes.flatMap(({ gate }) => gate?.findings ?? []);
  const text = {
    subject: `mesh "${name}"`,
    problem: `${step} may not go yet (${findings.length} finding${findings.length === 1 ? "" : "s"})`,
    remedy: "Remove what the details name, and run the command again; --wait SECONDS waits for it",
  };
  return new UserError("rotation-gate-closed", text, findings);
}

import { exit, fail, readArguments, argumentError } from "./arguments.ts";
import { nextPhase, type RotationStep } from "../federation/trust/rotationPhases.ts";
import { enterLab, insideVariable } from "../workspace/enterLab.ts";
import { prepareTools } from "../workspace/tools.ts";

const steps: readonly string[] = Object.values(nextPhase);

const usage = `npm run rotate [-- OPTIONS]

Shows the roots of each mesh: which proxies have them, which leaves are issued
under them, the anchors of peers, and whether the next phase of a rotation may
go, or what is missing. It asks every proxy. Changes nothing without --to.

  --mesh NAME      only this mesh
  --to STEP        write the step to the stack file of --mesh if its gate is open:
                   add, switch, remove, or done, which drops the key rotation.
                   An \`up\` of the stack then makes the change
  --next N         for add: number of the next root; default one more than now
  --wait SECONDS   wait until the gates are open (at most 86400)
  --json           report as JSON

Exit code 0: shown, or written; 1: a mesh cannot be read, or a gate is closed
with --to or --wait; 2: wrong options.`;

async function main(): Promise<number> {
  const options = readArguments(
    {
      mesh: { type: "string" },
      to: { type: "string" },
      next: { type: "string" },
      wait: { type: "string" },
      json: { type: "boolean" },
    },
    usage,
  );
  const { mesh, to } = options;
  if (to !== undefined && !steps.includes(to)) throw argumentError("--to", to, steps.join(", "));
  if (to !== undefined && mesh === undefined) throw argumentError("--mesh", "", "the name of a mesh, with --to");
  const next = wholeNumber("--next", options.next, 1, 1000);
  if (next !== undefined && to !== "add") throw argumentError("--next", String(next), "with --to add only");
  const seconds = wholeNumber("--wait", options.wait, 0, 86_400);
  const tools = await prepareTools();
  if (!process.env[insideVariable]) return enterLab(tools, "rotate.ts", process.argv.slice(2));

  // Loaded here, so that the process outside the lab does not load it.
  const { rotate } = await import("../trust/rotate.ts");
  return rotate(tools, {
    mesh,
    to: to as RotationStep | undefined,
    next,
    wait: seconds === undefined ? undefined : seconds * 1000,
    json: options.json ?? false,
  });
}

function wholeNumber(name: string, given: string | undefined, min: number, max: number): number | undefined {
  if (given === undefined) return undefined;
  const number = /^\d{1,6}$/.test(given) ? Number(given) : NaN;
  if (!(number >= min && number <= max)) throw argumentError(name, given, `${min} to ${max}`);
  return number;
}

main().then(exit, fail);

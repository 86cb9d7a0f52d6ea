import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onStandIns } from "../../support/plugins/pluginProcess.ts";
import { childrenOf, outliving } from "../../../../test/engine/support/processes.ts";
import { Project } from "../../../../test/engine/support/project.ts";

const projects: Project[] = [];
const project = () => projects[projects.push(new Project()) - 1]!;
afterAll(() => projects.forEach((p) => p.close()));

const program = (step: number) => `
const hidden = { additionalSecretOutputs: ["stdout"] };
const c = (name, args, opts) => new command.local.Command(name, args, opts);
export const plain = c("plain", { create: "echo created $V",
  update: "echo updated $V after $PULUMI_COMMAND_STDOUT", delete: "echo deleted $V >> gone",
  environment: { V: "${step}" } }).stdout;
const stdin = c("stdin", { create: "cat", stdin: pulumi.secret("hush-stdin"), logging: "none" }, hidden);
const script = c("script", { create: "test -n $TOKEN; echo fine",
  environment: { TOKEN: pulumi.secret("hush-environment") } }, hidden);
c("triggered", { create: "echo t >> made", delete: "echo t >> gone", triggers: [${step}] },
  { deleteBeforeReplace: true });
c("python", { create: "import os; print(os.getcwd())", interpreter: ["python3", "-c"], dir: "/" });
export const length = stdin.stdout.apply((s) => s.length);
export const said = command.local.runOutput({ command: "echo invoked" }).stdout;`;

test("commands from create to delete, and no secret where others can see it", async () => {
  const p = project();
  const preview = await p.preview(program(1));
  expect(preview.steps).toEqual([
    "plain: create",
    "python: create",
    "script: create",
    "stdin: create",
    "triggered: create",
  ]);
  expect(existsSync(join(p.folder, "made"))).toBe(false);
  const created = await p.up();
  expect(created.output).toMatch(/plain *: "created 1"/);
  expect(created.output).toMatch(/length *: (10|"?\[secret\])/);
  expect(created.output).toMatch(/said *: "invoked"/);
  const state = p.state();
  expect(state["plain"]!.id).toMatch(/^plain[0-9a-f]{8}$/);
  expect(state["python"]!.outputs.stdout).toBe("/");
  for (const text of [p.stateText(), created.output]) expect(text).not.toMatch(/hush-/);
  expect((await p.refresh()).steps).toEqual([]);

  const expected = { plain: ["environment.V: update"], triggered: ["triggers[0]: update-replace"] };
  const run = await p.up(program(2));
  expect(run.diffs["plain"]).toEqual(expected.plain);
  expect(run.diffs["triggered"]![0]).toMatch(/^triggers\[0\]: update/);
  expect(run.steps).toEqual([
    "plain: update",
    "triggered: create-replacement",
    "triggered: delete-replaced",
    "triggered: replace",
  ]);
  expect(run.output).toMatch(
    /plain *: "created 1" => "updated 2 after created 1"|plain *: "updated 2 after created 1"/,
  );
  expect((await p.preview()).steps).toEqual([]);

  const failed = await p.failingUp(program(2) + `\nc("fails", { create: "echo out; echo bad >&2; exit 3" });`);
  expect(failed.output).toMatch(/exit status 3: running "echo out; echo bad >&2; exit 3":\s+out\s+bad/);
  expect(p.state()["fails"]).toBeUndefined();

  await p.destroy();
  expect(readFileSync(join(p.folder, "gone"), "utf8").split("\n").sort()).toEqual(["", "deleted 2", "t", "t"]);
}, 400_000);

test("a running command has no secret among its arguments, and resumes after its engine is killed", async () => {
  const p = project();
  p.write(
    `new command.local.Command("long", { create: "sleep 300; :", stdin: pulumi.secret("hush-stdin"),
      environment: { T: pulumi.secret("hush-environment") } });`,
  );
  const { child, ended } = p.spawn(["up", "--yes", "--skip-preview", "--stack", "s"]);
  let family = childrenOf(child.pid!);
  while (!family.some((f) => f.command.startsWith("sleep 300"))) {
    await sleep(100);
    family = childrenOf(child.pid!);
  }
  const all = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? read(`/proc/${pid}/cmdline`) : ""));
  expect(all.filter((text) => text.includes("hush-"))).toEqual([]);
  process.kill(child.pid!, "SIGKILL");
  await ended;
  // That no command outlives its engine is the stand-ins' promise.
  if (onStandIns) expect(await outliving(family)).toEqual([]);
  for (const left of family) if (left.alive()) process.kill(left.pid, "SIGKILL");
  await p.cancel();
  // The next up knows that something was begun, and begins it again.
  expect((await p.up(`new command.local.Command("long", { create: "echo done" });`)).steps).toEqual(["long: create"]);
}, 300_000);

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

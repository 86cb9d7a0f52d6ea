import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { marker } from "../../../review/report/comment.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
const folder = join(root, ".github", "workflows");
const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts);
const files = readdirSync(folder).filter((f) => f.endsWith(".yml"));
const workflows = files.map((file) => ({
  file,
  text: readFileSync(join(folder, file), "utf8"),
  workflow: parse(readFileSync(join(folder, file), "utf8")),
}));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries<any>(workflow.jobs).map(([name, job]) => ({
    name: `${file} ${name}`,
    job,
    steps: job.steps as any[],
  })),
);
/** The only permissions that any job may have. */
const allowed: Record<string, Record<string, string>> = {
  "federation-review.yml comment": { "pull-requests": "write" },
};

test("there is one for pull requests, one for main, one for every night, one by hand", () => {
  expect(Object.fromEntries(workflows.map(({ file, workflow }) => [file, Object.keys(workflow.on)]))).toEqual({
    "federation-review.yml": ["pull_request"],
    "federation-deploy.yml": ["push"],
    "federation-drift.yml": ["schedule", "workflow_dispatch"],
    "federation-destroy.yml": ["workflow_dispatch"],
  });
});

// The event `edited` comes with another base; what an `if` skipped would count as passed, whatever was found before.
test("a pull request is reviewed again when its base changes, and no edit passes it by", () => {
  const { workflow } = workflows.find(({ file }) => file === "federation-review.yml")!;
  expect(workflow.on.pull_request).toEqual({
    branches: ["main"],
    types: ["opened", "synchronize", "reopened", "edited"],
  });
  expect(workflow.jobs.review).not.toHaveProperty("if");
});

test("every action is pinned to a commit, with its version beside it", () => {
  const uses = workflows.flatMap(({ text }) => [...text.matchAll(/uses: (.*)/g)].map((m) => m[1]!));
  expect(uses.length).toBeGreaterThan(0);
  for (const use of uses) expect(use).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  // One pin of each: no workflow is forgotten when they are raised.
  const names = [...new Set(uses)].map((use) => use.split("@")[0]);
  expect(names.sort()).toEqual([
    "actions/checkout",
    "actions/download-artifact",
    "actions/setup-node",
    "actions/upload-artifact",
  ]);
});

test.each(jobs)("$name: no permission but those it needs, and an end", ({ name, job }) => {
  expect(job.permissions).toEqual(allowed[name] ?? { contents: "read" });
  expect(job["timeout-minutes"]).toBeGreaterThan(0);
});

test("a workflow gives no permission that a job does not ask for", () => {
  for (const { workflow } of workflows) expect(workflow.permissions).toEqual({});
});

test.each(jobs)("$name: scripts exist, and no expression stands inside a command", ({ steps }) => {
  for (const { run = "", with: inputs = {} } of steps) {
    for (const [, script] of run.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) expect(scripts).toContain(script);
    expect(run).not.toContain("${{");
    if ("fetch-depth" in inputs || "persist-credentials" in inputs) expect(inputs["persist-credentials"]).toBe(false);
  }
});

test("the job that may write runs no code of the pull request, and sees no secret but its token", () => {
  const { job, steps } = jobs.find((j) => j.name === "federation-review.yml comment")!;
  expect(steps.filter((s) => /checkout/.test(s.uses ?? "") || /npm|node /.test(s.run ?? ""))).toEqual([]);
  expect(JSON.stringify(job)).not.toContain("secrets.");
});

test("no workflow may keep a state in its clone; only a pull request without secrets may do without a backend", () => {
  const required = Object.fromEntries(
    workflows.map(({ file, workflow }) => [file, workflow.env?.MESH_FEDERATION_BACKEND]),
  );
  expect(required).toEqual({
    "federation-deploy.yml": "required",
    "federation-destroy.yml": "required",
    "federation-drift.yml": "required",
    "federation-review.yml": expect.stringMatching(
      /^\$\{\{ \(.*head\.repo\.full_name != github\.repository \|\| github\.actor == 'dependabot\[bot\]' \|\| .*user\.login == 'dependabot\[bot\]'\) && 'none' \|\| 'required' \}\}$/,
    ),
  });
});

test("where a pull request does without a backend, its review gets no secret, whoever started the run", () => {
  const { env } = jobs
    .find((j) => j.name === "federation-review.yml review")!
    .steps.find((s) => /npm run --silent/.test(s.run ?? ""));
  const secrets = Object.values<string>(env).filter((value) => value.includes("secrets."));
  expect(secrets).toHaveLength(4);
  for (const value of secrets)
    expect(value).toMatch(/^\$\{\{ env\.MESH_FEDERATION_BACKEND == 'required' && secrets\.\w+ \|\| '' \}\}$/);
});

describe("the comment", () => {
  const { steps, job } = jobs.find((j) => j.name === "federation-review.yml comment")!;
  const { run } = steps.find((s) => s.run)!;
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "comment-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the step as the runner does, with a `gh` that finds these comments and notes what it is asked to write. */
  function write(found: string): string[] {
    writeFileSync(
      join(folder, "gh"),
      `#!/bin/sh\ncase "$*" in *--paginate*) printf '%s' "$FOUND"; echo "$*" > asked ;; *) echo "$*" > written; ` +
        `for a; do case "$a" in body=@*) cat "\${a#body=@}" > body ;; esac; done ;; esac\n`,
      { mode: 0o755 },
    );
    const env = {
      PATH: `${folder}:${process.env["PATH"]}`,
      FOUND: found,
      GITHUB_SERVER_URL: "https://github.example",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_RUN_ID: "42",
      NUMBER: "7",
      HEAD: "abc123",
    };
    execFileSync("bash", ["-e", "-c", run], { cwd: folder, env, stdio: "pipe" });
    return ["asked", "written", "body"].map((file) => readFileSync(join(folder, file), "utf8"));
  }

  test("is written anew where there is none, and replaced where there is one, found by the marker of the review", () => {
    writeFileSync(join(folder, "review.md"), `${marker}\nresult\n`);
    const [asked, written, body] = write("");
    expect(asked).toContain(`startswith("${marker}")`);
    expect([written, body]).toEqual([
      expect.stringMatching(/--method POST repos\/o\/r\/issues\/7\/comments /),
      `${marker}\nresult\n`,
    ]);
    expect(write("11\n12\n")[1]).toMatch(/--method PATCH repos\/o\/r\/issues\/comments\/11 /);
  });

  test("is not written a second time where nobody can tell whether there is one", () => {
    writeFileSync(join(folder, "review.md"), `${marker}\nresult\n`);
    writeFileSync(
      join(folder, "gh"),
      `#!/bin/sh\ncase "$*" in *--paginate*) exit 1 ;; *) echo "$*" > written ;; esac\n`,
      { mode: 0o755 },
    );
    const env = { PATH: `${folder}:${process.env["PATH"]}`, GITHUB_REPOSITORY: "o/r", NUMBER: "7", HEAD: "abc123" };
    expect(spawnSync("bash", ["-e", "-c", run], { cwd: folder, env }).status).toBe(1);
    expect(existsSync(join(folder, "written"))).toBe(false);
  });

  test("of a review that broke down says so, for which commit, and where the log is", () => {
    const [, written, body] = write("11\n");
    expect(written).toMatch(/--method PATCH/);
    expect(body!.startsWith(`${marker}\n## Federation review\n`)).toBe(true);
    expect(body).toContain(
      "**The review of abc123 failed** before it had a result. [Its log](https://github.example/o/r/actions/runs/42)",
    );
    expect(job.if).toContain("!cancelled()");
    expect(steps.find((s) => /download-artifact/.test(s.uses ?? ""))["continue-on-error"]).toBe(true);
    expect(steps.find((s) => s.run).if).toBeUndefined();
  });
});

test("a pull request is checked by formatter, linter and compiler before its review", () => {
  const { steps } = jobs.find((j) => j.name === "federation-review.yml review")!;
  const commands = steps.flatMap((s) => s.run ?? []);
  expect(commands.map((c) => c.split(" -- ")[0])).toEqual([
    "npm ci --no-audit --no-fund",
    "npm run check",
    "npm run --silent review",
  ]);
});

test("deployment goes step by step, each behind the stack's own environment", () => {
  const { job } = jobs.find((j) => j.name === "federation-deploy.yml up")!;
  expect({ parallel: job.strategy["max-parallel"], environment: job.environment }).toEqual({
    parallel: 1,
    environment: "federation-${{ matrix.stack }}",
  });
});

test("a deployment whose order is not sure does not begin", () => {
  const { steps } = jobs.find((j) => j.name === "federation-deploy.yml order")!;
  expect(steps.find((s) => s.id === "order").run).toMatch(/npm run --silent review -- .*--require-order/);
});

test("every workflow runs the official tools and plugins, whatever answers slowly", () => {
  for (const { workflow } of workflows) expect(workflow.env.MESH_FEDERATION_SOURCE).toBe("release");
});

test("secrets are seen by the steps that work with the backend, and by no other", () => {
  const backendSecrets = [
    "BACKEND_AWS_ACCESS_KEY_ID",
    "BACKEND_AWS_SECRET_ACCESS_KEY",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE",
  ];
  const secretsIn = (value: unknown): string[] =>
    [...JSON.stringify(value ?? {}).matchAll(/secrets(?:\.(\w+)|\[)/g)].map((m) => m[1] ?? "any").sort();
  for (const { workflow } of workflows) expect(secretsIn({ ...workflow, jobs: {} })).toEqual([]);
  for (const { job } of jobs) expect(secretsIn({ ...job, steps: [] })).toEqual([]);
  const seen = jobs.flatMap(({ name, steps }) =>
    steps.flatMap((step) =>
      secretsIn(step).length > 0
        ? [{ name, command: /npm run --silent (\w+)/.exec(step.run ?? "")?.[1], secrets: secretsIn(step) }]
        : [],
    ),
  );
  expect(seen.map(({ name, command }) => `${name}: ${command}`)).toEqual([
    "federation-deploy.yml order: review",
    "federation-deploy.yml up: pulumi",
    "federation-deploy.yml verify: verify",
    "federation-destroy.yml destroy: pulumi",
    "federation-drift.yml drift: review",
    "federation-review.yml review: review",
  ]);
  for (const { secrets } of seen) expect(secrets).toEqual(backendSecrets);
});

test("every step that works with the backend is given its URL", () => {
  for (const { steps } of jobs)
    for (const { run = "", env = {} } of steps)
      if (/npm run --silent/.test(run)) expect(env.PULUMI_BACKEND_URL).toBe("${{ vars.PULUMI_BACKEND_URL }}");
});

test("a pull request is compared with what it is merged into, a push with what was there before", () => {
  const step = (job: string, command: RegExp) =>
    jobs.find((j) => j.name === job)!.steps.find((s) => command.test(s.run ?? s.uses));
  expect(step("federation-review.yml review", /npm run --silent/).run).not.toContain("--base");
  expect(step("federation-review.yml review", /checkout/).with).toMatchObject({ "fetch-depth": 2 });
  expect(step("federation-review.yml review", /checkout/).with).not.toHaveProperty("ref");
  expect(step("federation-deploy.yml order", /npm run/)).toMatchObject({
    env: { BASE: "${{ github.event.before }}" },
    run: expect.stringContaining('--base "$BASE"'),
  });
  expect(step("federation-deploy.yml order", /checkout/).with).toMatchObject({ "fetch-depth": 0 });
});

describe("the summary of a deployment", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "summary-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs a job's command step as the runner does, with an `npm` that prints this and ends so. */
  function runStep(name: string, npm: string, code: number): { code: number | null; summary: string; output: string } {
    const { run, shell } = jobs.find((j) => j.name === name)!.steps.find((s) => /npm run/.test(s.run ?? ""));
    writeFileSync(join(folder, "npm"), `#!/bin/sh\n${npm}\nexit ${code}\n`, { mode: 0o755 });
    const [summary, output] = ["summary", "output"].map((file) => join(folder, file));
    const env = {
      PATH: `${folder}:${dirname(process.execPath)}:${process.env["PATH"]}`,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
      STACK: "east",
      BASE: "HEAD",
    };
    for (const file of [summary!, output!]) writeFileSync(file, "");
    const done = spawnSync(
      "bash",
      [...(shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"]), "-c", run],
      { cwd: folder, env, encoding: "utf8" },
    );
    return { code: done.status, summary: readFileSync(summary!, "utf8"), output: readFileSync(output!, "utf8") };
  }

  test.each([
    [0, "## verify: passed"],
    [1, "## verify: failed, exit code 1"],
  ])("has the table of verify, which ends the job with %i", (code, heading) => {
    expect(runStep("federation-deploy.yml verify", "echo 'IMPORT  RESULT'", code)).toMatchObject({
      code,
      summary: `${heading}\n\`\`\`\nIMPORT  RESULT\n\`\`\`\n`,
    });
  });

  test.each([
    [0, "## up east: done"],
    [3, "## up east: failed, exit code 3"],
  ])("has what up says at its end, without its outputs, and the job ends with %i", (code, heading) => {
    const { summary, ...ended } = runStep(
      "federation-deploy.yml up",
      "printf 'Updating\\nDiagnostics:\\n  error: no room\\n\\nOutputs:\\n  federation: {}\\n\\nResources:\\n  1 " +
        "unchanged\\n'",
      code,
    );
    expect(ended.code).toBe(code);
    expect(summary).toContain(heading);
    expect(summary).toContain("error: no room");
    expect(summary).toContain("1 unchanged");
    expect(summary).not.toMatch(/Updating|Outputs|federation: /);
  });

  test("has the review of what is deployed, and the steps go on to the next job, if nothing keeps them from it", () => {
    const npm = `echo review > review.md; echo '{"order":{"steps":["trust","west"]}}'`;
    expect(runStep("federation-deploy.yml order", npm, 0)).toEqual({
      code: 0,
      summary: "review\n",
      output: 'steps=[{"step":1,"stack":"trust"},{"step":2,"stack":"west"}]\n',
    });
    expect(runStep("federation-deploy.yml order", npm, 1)).toEqual({ code: 1, summary: "review\n", output: "" });
  });
});

describe("a stack that is destroyed", () => {
  const { job, steps } = jobs.find((j) => j.name === "federation-destroy.yml destroy")!;
  const { run } = steps.find((s) => /git show/.test(s.run ?? ""));
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "destroy-"));
    git("init", "--quiet");
    for (const stack of ["east", "north"]) {
      mkdirSync(join(folder, "stacks"), { recursive: true });
      writeFileSync(join(folder, "stacks", `Pulumi.${stack}.yaml`), `of: ${stack}\n`);
    }
    git("add", "--all");
    git("commit", "--quiet", "--message", "both");
    git("rm", "--quiet", "stacks/Pulumi.north.yaml");
    git("commit", "--quiet", "--message", "without north");
    git("commit", "--quiet", "--allow-empty", "--message", "later");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.invalid", ...args], { cwd: folder });
  const bringBack = (stack: string) =>
    spawnSync("bash", ["-e", "-c", run], {
      cwd: folder,
      env: { PATH: process.env["PATH"], STACK: stack },
      encoding: "utf8",
    });

  test("is approved by its own reviewers, and gets the configuration that it last had", () => {
    expect(job.environment).toBe("federation-${{ inputs.stack }}");
    expect(bringBack("north").status).toBe(0);
    expect(readFileSync(join(folder, "stacks", "Pulumi.north.yaml"), "utf8")).toBe("of: north\n");
  });

  test.each([
    ["east", "is in the repository. Remove it in a pull request first"],
    ["south", "was never in this branch"],
  ])("%s is refused: it %s", (stack, why) => {
    expect(bringBack(stack)).toMatchObject({ status: 1, stderr: expect.stringContaining(why) });
  });
});

test("what works on the states goes one after the other, and nothing that waits is dropped; a review is replaced by the next", () => {
  const groups = Object.fromEntries(workflows.map(({ file, workflow }) => [file, workflow.concurrency]));
  const oneByOne = { group: "federation-backend", "cancel-in-progress": false, queue: "max" };
  expect(groups).toEqual({
    "federation-deploy.yml": oneByOne,
    "federation-destroy.yml": oneByOne,
    "federation-drift.yml": oneByOne,
    "federation-review.yml": {
      group: "federation-review-${{ github.event.pull_request.number }}",
      "cancel-in-progress": true,
    },
  });
});

describe("what docs/ci.md shows", () => {
  const text = readFileSync(join(root, "docs", "ci.md"), "utf8");
  const blocks = (language: string): string[] =>
    [...text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, "gm"))].map(([, indent, block]) =>
      block!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    );
  const { variables, ...gitlab } = parse(blocks("yaml")[0]!);
  const shell = [
    ...blocks("sh"),
    ...Object.values<any>(gitlab).flatMap((job) => [...job.script, ...(job.after_script ?? [])]),
  ];

  test("is YAML and shell, and its scripts exist", () => {
    expect(Object.keys(gitlab)).toEqual(["federation review", "federation deploy", "federation drift"]);
    expect(shell.length).toBeGreaterThan(10);
    for (const script of shell) {
      expect(spawnSync("bash", ["-n", "-c", script], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
      for (const [, name] of script.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) expect(scripts).toContain(name);
    }
  });

  test("keeps to the rules of the workflows: a backend, official releases, one job on the states at a time, a sure order", () => {
    expect(variables).toMatchObject({ MESH_FEDERATION_BACKEND: "required", MESH_FEDERATION_SOURCE: "release" });
    for (const job of ["federation deploy", "federation drift"])
      expect(gitlab[job].resource_group).toBe("federation-backend");
    expect(gitlab["federation review"].rules[0].variables).toEqual({ MESH_FEDERATION_BACKEND: "none" });
    for (const script of shell.filter((s) => / --json /.test(s))) expect(script).toContain("--require-order");
  });

  test("names each environment of the workflows, and the versions that they pin", () => {
    for (const { job } of jobs)
      if (job.environment) expect(text).toContain(job.environment.replace(/\$\{\{.*\}\}/, ""));
    for (const [, action, version] of workflows.flatMap(({ text: yaml }) => [
      ...yaml.matchAll(/actions\/([a-z-]+)@\w+ # v([\d.]+)/g),
    ]))
      expect(text.replaceAll(/\s+/g, " ")).toContain(`${action} ${version}`);
  });
});

import { jobs, scripts, workflows } from "./workflowFiles.ts";

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
  const { steps } = jobs.find((j) => j.name === "federation-review.yml review")!;
  const secrets = steps
    .flatMap(({ env = {} }) => Object.values<string>(env))
    .filter((value) => value.includes("secrets."));
  expect(secrets).toHaveLength(5);
  for (const value of secrets)
    expect(value).toMatch(/^\$\{\{ env\.MESH_FEDERATION_BACKEND == 'required' && secrets\.\w+ \|\| '' \}\}$/);
});

test("a pull request is checked by formatter, linter and compiler before its review", () => {
  const { steps } = jobs.find((j) => j.name === "federation-review.yml review")!;
  const commands = steps.flatMap((s) => s.run ?? []).filter((c) => c.startsWith("npm"));
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
      step.name !== "write the kubeconfigs" && secretsIn(step).length > 0
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
  for (const { name, secrets } of seen)
    expect(secrets).toEqual(
      name === "federation-review.yml review"
        ? [...backendSecrets.filter((s) => s !== "PULUMI_CONFIG_PASSPHRASE"), "PREVIEW_CONFIG_PASSPHRASE"].sort()
        : backendSecrets,
    );
});

test("code of a pull request meets the environment for previews, and no other job does", () => {
  const environments = jobs.map(({ name, job }) => [name, job.environment]);
  expect(environments.filter(([, environment]) => environment === "federation-preview")).toEqual([
    ["federation-review.yml review", "federation-preview"],
  ]);
  expect(environments.filter(([, environment]) => environment === "federation-read").map(([name]) => name)).toEqual([
    "federation-deploy.yml order",
    "federation-deploy.yml verify",
    "federation-drift.yml drift",
  ]);
  // The passphrase under its usual name decrypts the trust stack.
  const review = workflows.find(({ file }) => file === "federation-review.yml")!;
  expect(review.text).not.toContain("secrets.PULUMI_CONFIG_PASSPHRASE");
});

test("each job with an environment takes its kubeconfigs from there", () => {
  for (const { job, steps } of jobs.filter(({ job }) => job.environment)) {
    const step = steps.find((s) => s.name === "write the kubeconfigs");
    expect([job.environment, step?.env.KUBECONFIGS]).toEqual([
      job.environment,
      expect.stringContaining("secrets.KUBECONFIGS"),
    ]);
  }
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

test("jobs on the states queue and none is dropped; a newer review cancels the older one", () => {
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

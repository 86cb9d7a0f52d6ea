import { jobs, scripts, workflows } from "./workflowFiles.ts";

/** The only permissions that any job may have. */
const allowed: Record<string, Record<string, string>> = {
  "federation-review.yml comment": { "pull-requests": "write" },
};

describe("the workflows", () => {
  test("run for pull requests, main, every night and by hand", () => {
    expect(Object.fromEntries(workflows.map(({ file, workflow }) => [file, Object.keys(workflow.on)]))).toEqual({
      "federation-review.yml": ["pull_request"],
      "federation-deploy.yml": ["push"],
      "federation-drift.yml": ["schedule", "workflow_dispatch"],
      "federation-destroy.yml": ["workflow_dispatch"],
    });
  });

  // The event `edited` comes with another base; what an `if` skipped would count as passed, whatever was found before.
  test("review a pull request again when its base changes", () => {
    const { workflow } = workflows.find(({ file }) => file === "federation-review.yml")!;
    expect(workflow.on.pull_request).toEqual({
      branches: ["main"],
      types: ["opened", "synchronize", "reopened", "edited"],
    });
    expect(workflow.jobs.review).not.toHaveProperty("if");
  });

  test("pin every action to a commit, with its version", () => {
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

  test.each(jobs)("give $name only the permissions it needs, and a timeout", ({ name, job }) => {
    expect(job.permissions).toEqual(allowed[name] ?? { contents: "read" });
    expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  test("give no permission that no job asks for", () => {
    for (const { workflow } of workflows) expect(workflow.permissions).toEqual({});
  });

  test.each(jobs)("call existing scripts in $name, without expressions in commands", ({ steps }) => {
    for (const { run = "", with: inputs = {} } of steps) {
      for (const [, script] of run.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) expect(scripts).toContain(script);
      expect(run).not.toContain("${{");
      if ("fetch-depth" in inputs || "persist-credentials" in inputs) expect(inputs["persist-credentials"]).toBe(false);
    }
  });

  test("run no code of a pull request in the job that may write", () => {
    const { job, steps } = jobs.find((j) => j.name === "federation-review.yml comment")!;
    expect(steps.filter((s) => /checkout/.test(s.uses ?? "") || /npm|node /.test(s.run ?? ""))).toEqual([]);
    expect(JSON.stringify(job)).not.toContain("secrets.");
  });

  test("keep no state in a clone, and need no backend only without secrets", () => {
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

  test("give a review without a backend no secret", () => {
    const { steps } = jobs.find((j) => j.name === "federation-review.yml review")!;
    const secrets = steps
      .flatMap(({ env = {} }) => Object.values<string>(env))
      .filter((value) => value.includes("secrets."));
    expect(secrets).toHaveLength(5);
    for (const value of secrets)
      expect(value).toMatch(/^\$\{\{ env\.MESH_FEDERATION_BACKEND == 'required' && secrets\.\w+ \|\| '' \}\}$/);
  });

  test("check formatter, linter and compiler before a review", () => {
    const { steps } = jobs.find((j) => j.name === "federation-review.yml review")!;
    const commands = steps.flatMap((s) => s.run ?? []).filter((c) => c.startsWith("npm"));
    expect(commands.map((c) => c.split(" -- ")[0])).toEqual([
      "npm ci --no-audit --no-fund",
      "npm run check",
      "npm run --silent review",
    ]);
  });

  test("deploy step by step, each in the stack's environment", () => {
    const { job } = jobs.find((j) => j.name === "federation-deploy.yml up")!;
    expect({ parallel: job.strategy["max-parallel"], environment: job.environment }).toEqual({
      parallel: 1,
      environment: "federation-${{ matrix.stack }}",
    });
  });

  test("deploy nothing while the order is unsure", () => {
    const { steps } = jobs.find((j) => j.name === "federation-deploy.yml order")!;
    expect(steps.find((s) => s.id === "order").run).toMatch(/npm run --silent review -- .*--require-order/);
  });

  test("use the official tools and plugins", () => {
    for (const { workflow } of workflows) expect(workflow.env.MESH_FEDERATION_SOURCE).toBe("release");
  });
});

describe("the secrets of the workflows", () => {
  test("reach only steps that work with the backend", () => {
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

  test("reach code of a pull request only in the preview environment", () => {
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

  test("include kubeconfigs from each job's environment", () => {
    for (const { job, steps } of jobs.filter(({ job }) => job.environment)) {
      const step = steps.find((s) => s.name === "write the kubeconfigs");
      expect([job.environment, step?.env.KUBECONFIGS]).toEqual([
        job.environment,
        expect.stringContaining("secrets.KUBECONFIGS"),
      ]);
    }
  });

  test("come with the backend's URL", () => {
    for (const { steps } of jobs)
      for (const { run = "", env = {} } of steps)
        if (/npm run --silent/.test(run)) expect(env.PULUMI_BACKEND_URL).toBe("${{ vars.PULUMI_BACKEND_URL }}");
  });
});

describe("the runs of the workflows", () => {
  test("compare a pull request with its target, and a push with the commit before", () => {
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

  test("queue on the states; a newer review cancels the older one", () => {
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
});

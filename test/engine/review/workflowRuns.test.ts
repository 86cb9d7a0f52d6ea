import { secrets, variables, WorkflowRepository, type Trigger, type WorkflowRun } from "./support/workflowRun.ts";

/*
 * The workflows on a runner: act runs their jobs on this machine, with stand-ins for actions, npm and gh. It evaluates
 * conditions, needs, outputs, matrices, variables and secrets as GitHub does. It does not support environments,
 * permissions, concurrency and `fail-fast`.
 */
let repository: WorkflowRepository;
beforeAll(() => {
  repository = new WorkflowRepository();
});
afterAll(() => repository?.remove());

const timeout = 240_000;
/** The environment of a step that uses the backend. */
const required = {
  MESH_FEDERATION_BACKEND: "required",
  MESH_FEDERATION_SOURCE: "release",
  PULUMI_BACKEND_URL: variables.PULUMI_BACKEND_URL,
  PULUMI_ACCESS_TOKEN: secrets.PULUMI_ACCESS_TOKEN,
  PULUMI_CONFIG_PASSPHRASE: secrets.PULUMI_CONFIG_PASSPHRASE,
  AWS_ACCESS_KEY_ID: secrets.BACKEND_AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY: secrets.BACKEND_AWS_SECRET_ACCESS_KEY,
  AWS_REGION: variables.BACKEND_AWS_REGION,
};
/** The environment of any other step. */
const plain = { MESH_FEDERATION_BACKEND: "required", MESH_FEDERATION_SOURCE: "release" };
/** The jobs' commands, without the installations. */
const commandsOf = ({ commands }: WorkflowRun) =>
  commands.filter(({ command }) => !command.startsWith("npm ci")).map(({ job, command }) => `${job}: ${command}`);
/** Variables that have a value. */
const filled = (env: Record<string, string> = {}) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
const envOf = ({ commands }: WorkflowRun, command: RegExp) => commands.find((c) => command.test(c.command))?.env;

describe("a pull request", () => {
  const review = (
    from: string,
    npm: string,
    { actor, author = "member", action = "synchronize" }: { actor?: string; author?: string; action?: string } = {},
  ): WorkflowRun =>
    repository.run({
      workflow: "federation-review.yml",
      event: "pull_request",
      payload: {
        action,
        number: 7,
        pull_request: {
          number: 7,
          user: { login: author },
          base: { ref: "main" },
          head: { ref: "change", sha: "abc123", repo: { full_name: from } },
        },
      },
      npm,
      ...(actor ? { actor } : {}),
    });
  /** The environment without a backend; this runner, unlike GitHub, has the secrets there too. */
  const without = {
    MESH_FEDERATION_BACKEND: "none",
    MESH_FEDERATION_SOURCE: "release",
    PULUMI_BACKEND_URL: variables.PULUMI_BACKEND_URL,
    AWS_REGION: variables.BACKEND_AWS_REGION,
  };
  const writes =
    'case "$1" in *review*) git rev-parse --verify --quiet HEAD^2 > /dev/null || exit 3; ' +
    "echo result > review.md; exit 1 ;; esac";

  test(
    "is reviewed as a merge; a job without secrets writes the comment, also when a check failed",
    () => {
      const run = review("o/r", writes);
      expect({ passed: run.passed, jobs: run.jobs, comment: run.comment }).toEqual({
        passed: false,
        jobs: ["review: failure", "comment: success"],
        comment: "result\n",
      });
      expect(commandsOf(run).slice(0, 2)).toEqual([
        "review: npm run check",
        "review: npm run --silent review -- --comment review.md",
      ]);
      expect(envOf(run, /review --/)).toEqual({
        ...required,
        PULUMI_CONFIG_PASSPHRASE: secrets.PREVIEW_CONFIG_PASSPHRASE,
      });
      for (const command of [/npm ci/, /npm run check/]) expect(envOf(run, command)).toEqual(plain);
      expect(envOf(run, /gh api/)).toEqual({ ...plain, GH_TOKEN: secrets.GITHUB_TOKEN });
    },
    timeout,
  );

  test(
    "gets a comment when its review ends with an error",
    () => {
      const run = review("o/r", 'case "$1" in *review*) exit 2 ;; esac');
      expect(run.jobs).toEqual(["review: failure", "comment: success"]);
      expect(run.comment).toContain("**The review of abc123 failed** before it had a result");
    },
    timeout,
  );

  test(
    "from a fork is reviewed without a backend and without a comment",
    () => {
      const run = review("fork/r", writes);
      expect(run.jobs).toEqual(["review: failure"]);
      expect(filled(envOf(run, /review --/))).toEqual(without);
    },
    timeout,
  );

  test.each([
    { who: "Dependabot", actor: "dependabot[bot]", action: "synchronize" },
    { who: "a member who edits it", actor: "member", action: "edited" },
  ])(
    "of Dependabot is reviewed without a backend and gets its comment, when $who starts it",
    ({ actor, action }) => {
      const run = review("o/r", "echo result > review.md", { actor, author: "dependabot[bot]", action });
      expect(run.jobs).toEqual(["review: success", "comment: success"]);
      expect(filled(envOf(run, /review --/))).toEqual(without);
    },
    timeout,
  );
});

describe("a push to main", () => {
  const deploy = (order: string[], npm = ""): WorkflowRun =>
    repository.run({
      workflow: "federation-deploy.yml",
      event: "push",
      payload: { ref: "refs/heads/main", before: repository.before },
      npm:
        `case "$1" in *review*) git cat-file -e "$BASE" || exit 3; ` +
        `echo '${JSON.stringify({ order: { steps: order } })}' ;; esac; ${npm}`,
    });
  const up = (stack: string) =>
    `up: npm run --silent pulumi -- up --stack ${stack} --yes --non-interactive --color never`;

  test(
    "deploys the stacks one by one in the order of the review, one of them twice, and then verifies",
    () => {
      const run = deploy(["trust", "west", "east", "west"]);
      expect(run.passed).toBe(true);
      expect(commandsOf(run)).toEqual([
        `order: npm run --silent review -- --base ${repository.before} --json --require-order --comment review.md`,
        up("trust"),
        up("west"),
        up("east"),
        up("west"),
        "verify: npm run --silent verify",
      ]);
      for (const { command, env } of run.commands)
        expect({ command, env }).toEqual({ command, env: command.startsWith("npm ci") ? plain : required });
    },
    timeout,
  );

  test(
    "deploys nothing when nothing changes",
    () => {
      const run = deploy([]);
      expect([run.passed, commandsOf(run).length, run.jobs]).toEqual([true, 1, ["order: success"]]);
    },
    timeout,
  );

  test(
    "deploys nothing when the order is unknown",
    () => {
      const run = deploy(["west"], 'case "$1" in *review*) exit 1 ;; esac');
      expect([run.passed, commandsOf(run).length]).toEqual([false, 1]);
    },
    timeout,
  );

  test(
    "does not verify after a stack failed",
    () => {
      const run = deploy(["west"], 'case "$1" in *"up --stack west"*) exit 255 ;; esac');
      expect([run.passed, run.jobs]).toEqual([false, ["order: success", "up: failure"]]);
      expect(commandsOf(run).slice(1)).toEqual([up("west")]);
    },
    timeout,
  );
});

test.each([
  [0, "success"],
  [1, "failure"],
])(
  "a nightly drift report with exit code %i is a %s",
  (code, result) => {
    const run = repository.run({
      workflow: "federation-drift.yml",
      event: "schedule",
      payload: { schedule: "17 3 * * *" },
      npm: `case "$1" in *review*) exit ${code} ;; esac`,
    });
    expect(run.jobs).toEqual([`drift: ${result}`]);
    expect(commandsOf(run)).toEqual(["drift: npm run --silent review -- --drift --require-previews"]);
    expect(envOf(run, /review --/)).toEqual(required);
  },
  timeout,
);

describe("a manual run", () => {
  const destroy = (stack: string): WorkflowRun => {
    const trigger: Trigger = {
      workflow: "federation-destroy.yml",
      event: "workflow_dispatch",
      payload: { inputs: { stack } },
      npm: `case "$1" in *destroy*) cmp -s stacks/Pulumi.north.yaml <(printf north) || exit 3 ;; esac`,
    };
    return repository.run(trigger);
  };

  test(
    "destroys a removed stack with its last stack file, and removes it from the backend",
    () => {
      const run = destroy("north");
      expect(run.jobs).toEqual(["destroy: success"]);
      expect(commandsOf(run)).toEqual([
        "destroy: npm run --silent pulumi -- destroy --stack north --yes --non-interactive --color never",
        "destroy: npm run --silent pulumi -- stack rm north --yes --non-interactive",
      ]);
      expect(envOf(run, /destroy --stack/)).toEqual(required);
    },
    timeout,
  );

  test(
    "does not destroy a stack that is still declared",
    () => {
      const run = destroy("east");
      expect([run.jobs, commandsOf(run)]).toEqual([["destroy: failure"], []]);
      expect(run.log).toContain("stacks/Pulumi.east.yaml is in the repository.");
    },
    timeout,
  );
});

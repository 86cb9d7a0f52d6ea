import { secrets, variables, WorkflowRepository, type Trigger, type WorkflowRun } from "./support/workflowRun.ts";

/*
 * The workflows on a runner: act runs their jobs on this machine, with stand-ins for actions, npm and gh. It reads
 * conditions, needs, outputs, matrices, variables and secrets as GitHub does; it knows neither environments, permissions
 * and concurrency, nor `fail-fast`.
 */
let repository: WorkflowRepository;
beforeAll(() => {
  repository = new WorkflowRepository();
});
afterAll(() => repository?.remove());

const patience = 240_000;
/** What a step that works with the backend sees. */
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
/** What any other step sees. */
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
    { actor, author = "somebody", action = "synchronize" }: { actor?: string; author?: string; action?: string } = {},
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
  /** Where there is to be no backend; the runner, unlike GitHub, has the secrets there too. */
  const without = {
    MESH_FEDERATION_BACKEND: "none",
    MESH_FEDERATION_SOURCE: "release",
    PULUMI_BACKEND_URL: variables.PULUMI_BACKEND_URL,
    AWS_REGION: variables.BACKEND_AWS_REGION,
  };
  const writes =
    'case "$1" in *review*) git rev-parse --verify --quiet HEAD^2 > /dev/null || exit 3; echo result > review.md; exit 1 ;; esac';

  test(
    "is reviewed as the merge that it is; the comment is written although a check failed, by a job that sees no secret",
    () => {
      const run = review("o/r", writes);
      expect({ passed: run.passed, jobs: run.jobs, comment: run.comment }).toEqual({
        passed: false,
        jobs: ["review: failure", "comment: success"],
        comment: "result\n",
      });
      expect(commandsOf(run)[0]).toBe("review: npm run --silent review -- --comment review.md");
      expect(envOf(run, /review --/)).toEqual(required);
      expect(envOf(run, /npm ci/)).toEqual(plain);
      expect(envOf(run, /gh api/)).toEqual({ ...plain, GH_TOKEN: secrets.GITHUB_TOKEN });
    },
    patience,
  );

  test(
    "whose review breaks down gets a comment that says so",
    () => {
      const run = review("o/r", 'case "$1" in *review*) exit 2 ;; esac');
      expect(run.jobs).toEqual(["review: failure", "comment: success"]);
      expect(run.comment).toContain("**The review of abc123 failed** before it had a result");
    },
    patience,
  );

  test(
    "of a fork is reviewed without a backend, and nobody tries to write a comment",
    () => {
      const run = review("fork/r", writes);
      expect(run.jobs).toEqual(["review: failure"]);
      expect(filled(envOf(run, /review --/))).toEqual(without);
    },
    patience,
  );

  test.each([
    { who: "Dependabot", actor: "dependabot[bot]", action: "synchronize" },
    { who: "somebody who edits it", actor: "somebody", action: "edited" },
  ])(
    "of Dependabot is reviewed without a backend, and gets its comment, when $who starts it",
    ({ actor, action }) => {
      const run = review("o/r", "echo result > review.md", { actor, author: "dependabot[bot]", action });
      expect(run.jobs).toEqual(["review: success", "comment: success"]);
      expect(filled(envOf(run, /review --/))).toEqual(without);
    },
    patience,
  );
});

describe("a push to main", () => {
  const deploy = (order: string[], npm = ""): WorkflowRun =>
    repository.run({
      workflow: "federation-deploy.yml",
      event: "push",
      payload: { ref: "refs/heads/main", before: repository.before },
      npm: `case "$1" in *review*) git cat-file -e "$BASE" || exit 3; echo '${JSON.stringify({ order: { steps: order } })}' ;; esac; ${npm}`,
    });
  const up = (stack: string) =>
    `up: npm run --silent pulumi -- up --stack ${stack} --yes --non-interactive --color never`;

  test(
    "brings the stacks up one by one in the order of the review, one of them twice, and then sends requests",
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
    patience,
  );

  test(
    "that changes nothing brings nothing up",
    () => {
      const run = deploy([]);
      expect([run.passed, commandsOf(run).length, run.jobs]).toEqual([true, 1, ["order: success"]]);
    },
    patience,
  );

  test(
    "whose order is not sure brings nothing up",
    () => {
      const run = deploy(["west"], 'case "$1" in *review*) exit 1 ;; esac');
      expect([run.passed, commandsOf(run).length]).toEqual([false, 1]);
    },
    patience,
  );

  test(
    "of which a stack fails sends no requests",
    () => {
      const run = deploy(["west"], 'case "$1" in *"up --stack west"*) exit 255 ;; esac');
      expect([run.passed, run.jobs]).toEqual([false, ["order: success", "up: failure"]]);
      expect(commandsOf(run).slice(1)).toEqual([up("west")]);
    },
    patience,
  );
});

test.each([
  [0, "success"],
  [1, "failure"],
])(
  "a night whose drift report ends with %i is a %s",
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
  patience,
);

describe("by hand", () => {
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
    "a stack that was removed is destroyed with the file that it had, and taken out of the backend",
    () => {
      const run = destroy("north");
      expect(run.jobs).toEqual(["destroy: success"]);
      expect(commandsOf(run)).toEqual([
        "destroy: npm run --silent pulumi -- destroy --stack north --yes --non-interactive --color never",
        "destroy: npm run --silent pulumi -- stack rm north --yes --non-interactive",
      ]);
      expect(envOf(run, /destroy --stack/)).toEqual(required);
    },
    patience,
  );

  test(
    "one that is still declared is not",
    () => {
      const run = destroy("east");
      expect([run.jobs, commandsOf(run)]).toEqual([["destroy: failure"], []]);
      expect(run.log).toContain("stacks/Pulumi.east.yaml is in the repository");
    },
    patience,
  );
});

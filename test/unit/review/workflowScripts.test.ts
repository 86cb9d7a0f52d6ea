import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { marker } from "../../../review/report/comment.ts";
import { jobs } from "./workflowFiles.ts";

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

  test("is created where there is none, and replaced where its marker is found", () => {
    writeFileSync(join(folder, "review.md"), `${marker}\nresult\n`);
    const [asked, written, body] = write("");
    expect(asked).toContain(`startswith("${marker}")`);
    expect([written, body]).toEqual([
      expect.stringMatching(/--method POST repos\/o\/r\/issues\/7\/comments /),
      `${marker}\nresult\n`,
    ]);
    expect(write("11\n12\n")[1]).toMatch(/--method PATCH repos\/o\/r\/issues\/comments\/11 /);
  });

  test("is not written again while it is unknown whether one exists", () => {
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

  test("of a failed review names the commit and the log", () => {
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
  ])("has the end of up's output without stack outputs, and exits with %i", (code, heading) => {
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

  test("has the review, and the next steps unless something blocks them", () => {
    const npm = `echo review > review.md; echo '{"order":{"steps":["trust","west"]}}'`;
    expect(runStep("federation-deploy.yml order", npm, 0)).toEqual({
      code: 0,
      summary: "review\n",
      output: 'steps=[{"step":1,"stack":"trust"},{"step":2,"stack":"west"}]\n',
    });
    expect(runStep("federation-deploy.yml order", npm, 1)).toEqual({ code: 1, summary: "review\n", output: "" });
  });

  test.each(["preview", "Deploy", "read"])(
    "is not created for a stack named %s, whose environment has no owner",
    (stack) => {
      const npm = `echo '{"order":{"steps":["west","${stack}"]}}'`;
      expect(runStep("federation-deploy.yml order", npm, 0)).toMatchObject({ code: 1, output: "" });
    },
  );

  test.each([
    ["federation-deploy.yml verify", "a\n```\n# b"],
    ["federation-deploy.yml up", "Diagnostics:\n```\n# b"],
  ])("of %s shows what is printed, and no fence in it ends the summary's own", (job, printed) => {
    const { summary } = runStep(job, `printf '${printed.replaceAll("\n", "\\n")}\\n'`, 0);
    expect(summary.match(/^```/gm)).toHaveLength(2);
    expect(summary).toContain("\n'''\n# b\n");
  });
});

describe("the kubeconfigs", () => {
  const { run } = jobs
    .find((j) => j.name === "federation-review.yml review")!
    .steps.find((s) => s.name === "write the kubeconfigs");
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kubeconfigs-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (kubeconfigs: string) =>
    spawnSync("bash", ["-e", "-c", run], {
      cwd: folder,
      env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`, KUBECONFIGS: kubeconfigs },
    }).status;

  test("are a file for each stack, and none without the secret", () => {
    expect(write('{"east":"of east"}')).toBe(0);
    expect(readFileSync(join(folder, "kubeconfigs", "east"), "utf8")).toBe("of east");
    expect(write("")).toBe(0);
  });

  test("are written nowhere else", () => expect(write('{"../east":"of east"}')).toBe(1));
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
    ["preview", "is reserved"],
    ["Read", "is reserved"],
    ["east", "is in the repository. Remove it in a pull request first"],
    ["south", "was never in this branch"],
  ])("%s is refused: it %s", (stack, why) => {
    expect(bringBack(stack)).toMatchObject({ status: 1, stderr: expect.stringContaining(why) });
  });
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { jobs, root, scripts, workflows } from "./workflowFiles.ts";

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

  test("keeps the rules of the workflows: a backend, official releases, one job at a time, an order", () => {
    expect(variables).toMatchObject({ MESH_FEDERATION_BACKEND: "required", MESH_FEDERATION_SOURCE: "release" });
    for (const job of ["federation deploy", "federation drift"])
      expect(gitlab[job].resource_group).toBe("federation-backend");
    expect(gitlab["federation review"].rules[0].variables).toEqual({ MESH_FEDERATION_BACKEND: "none" });
    for (const script of shell.filter((s) => / --json /.test(s))) expect(script).toContain("--require-order");
  });

  test("gives the environment for previews reviewers, and no passphrase that decrypts the trust stack", () => {
    const setup = blocks("sh").join("\n");
    const created = (name: string) => new RegExp(`environments/federation-${name}'.*\\n(.*)\\n`).exec(setup)?.[1];
    expect(created("preview")).toContain('"reviewers"');
    expect(created("read")).toContain('"protected_branches": true');
    const loops = [...setup.matchAll(/for environment in ([a-z ]+); do\n([^]*?)done/g)];
    const withPassphrase = loops.filter(([, , body]) => body!.includes("PULUMI_CONFIG_PASSPHRASE"));
    expect(withPassphrase.map(([, names]) => names)).toEqual(["read trust east west"]);
    for (const job of ["federation deploy", "federation drift"])
      expect(gitlab[job].environment.name).not.toBe("federation-preview");
    expect(gitlab["federation review"].rules[1]).toMatchObject({ when: "manual", allow_failure: false });
  });

  test("describes what a branch can reach, in lines of at most 120 characters", () => {
    expect(text).toMatch(/A person who may push a branch\s+can read everything/);
    expect(text.split("\n").filter((line) => line.length > 120)).toEqual([]);
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

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

export const root = resolve(import.meta.dirname, "..", "..", "..");
const folder = join(root, ".github", "workflows");
export const scripts = Object.keys(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts);
const files = readdirSync(folder).filter((f) => f.endsWith(".yml"));
export const workflows = files.map((file) => ({
  file,
  text: readFileSync(join(folder, file), "utf8"),
  workflow: parse(readFileSync(join(folder, file), "utf8")),
}));
export const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries<any>(workflow.jobs).map(([name, job]) => ({
    name: `${file} ${name}`,
    job,
    steps: job.steps as any[],
  })),
);

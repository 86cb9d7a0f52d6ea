import { join } from "node:path";
import { goArtifact } from "../../offline/builds/goArtifact.ts";

const folder = join(import.meta.dirname, "go");

/** What checks and runs GitHub workflows on this machine: each program with the artifact that has it. */
export const workflowTools = [
  {
    program: "actionlint",
    artifact: goArtifact({
      name: "actionlint",
      module: join(folder, "actionlint"),
      programs: [{ package: "github.com/rhysd/actionlint/cmd/actionlint" }],
      expectedSeconds: 15,
    }),
  },
  {
    program: "act",
    artifact: goArtifact({
      name: "act",
      module: join(folder, "act"),
      programs: [{ package: "github.com/nektos/act" }],
      expectedSeconds: 60,
    }),
  },
];

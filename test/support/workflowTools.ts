import { join } from "node:path";
import { goArtefact } from "../../offline/builds/goArtefact.ts";

const folder = join(import.meta.dirname, "go");

/** What checks and runs GitHub workflows on this machine: each program with the artefact that has it. */
export const workflowTools = [
  {
    program: "actionlint",
    artefact: goArtefact({
      name: "actionlint",
      module: join(folder, "actionlint"),
      programs: [{ package: "github.com/rhysd/actionlint/cmd/actionlint" }],
      expectedSeconds: 15,
    }),
  },
  {
    program: "act",
    artefact: goArtefact({
      name: "act",
      module: join(folder, "act"),
      programs: [{ package: "github.com/nektos/act" }],
      expectedSeconds: 60,
    }),
  },
];

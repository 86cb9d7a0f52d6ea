import { join } from "node:path";
import { goArtifact } from "../../offline/builds/goArtifact.ts";

const folder = join(import.meta.dirname, "go");

/** Programs that check and run GitHub workflows on this machine, each with its artifact. */
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

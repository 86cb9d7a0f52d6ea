import { join } from "node:path";
import type { Artefact } from "../../toolchain/artefact.ts";
import { goArtefact } from "../../toolchain/goArtefact.ts";

const folder = join(import.meta.dirname, "go");

/** Checks GitHub workflows. */
export const actionlint: Artefact = goArtefact({ name: "actionlint", module: join(folder, "actionlint"), programs: [{ package: "github.com/rhysd/actionlint/cmd/actionlint" }], expectedSeconds: 15 });

/** Runs GitHub workflows on this machine. */
export const act: Artefact = goArtefact({ name: "act", module: join(folder, "act"), programs: [{ package: "github.com/nektos/act" }], expectedSeconds: 60 });

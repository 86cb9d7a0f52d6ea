import { UserError } from "../../../federation/errors/userError.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import type { Deployed } from "../../../review/deployment/readDeployed.ts";
import { previewStacks } from "../../../review/preview/previews.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import type { Progress } from "../../../tools/progress.ts";
import type { Toolchain } from "../../../tools/index.ts";
import { mesh, revisionOf } from "./federation.ts";

/** Not used where nothing is previewed. */
const [tools, progress] = [{} as Toolchain, {} as Progress];

test("no program runs that would read a contract file which the review refuses", async () => {
  const file = "../secret.json";
  const refused = new UserError("review-contract-file-outside", { subject: "s", problem: "p", remedy: "r" });
  const revision = {
    ...revisionOf({ east: mesh("east", { peers: { north: { file } } }) }),
    contractFiles: new Map([[file, refused]]),
  };
  const federation = planRevision(revision, new Map(), releaseSources);
  const deployed: Deployed = {
    stacks: ["east"],
    contracts: new Map(),
    secrets: new Set(),
    notes: [],
    unreadable: [],
    undeclared: [],
  };
  expect((await previewStacks(tools, revision, federation, deployed, progress)).previews).toMatchObject([
    { stack: "east", state: "skipped", code: "review-checks-failed" },
  ]);
});

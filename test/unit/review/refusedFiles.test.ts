import { UserError } from "../../../federation/errors/userError.ts";
import { releaseSources } from "../../../federation/config/versions.ts";
import type { Deployed } from "../../../review/deployment/readDeployed.ts";
import { previewStacks } from "../../../review/preview/previews.ts";
import { certificateFileFindings } from "../../../review/revision/certificateFiles.ts";
import { planRevision } from "../../../review/revision/planRevision.ts";
import type { Progress } from "../../../tools/progress.ts";
import type { Toolchain } from "../../../tools/index.ts";
import { mesh, revisionOf } from "./federation.ts";

/** Not used where nothing is previewed. */
const [tools, progress] = [{} as Toolchain, {} as Progress];

const deployedEast = (): Deployed => ({
  stacks: ["east"],
  contracts: new Map(),
  secrets: new Set(),
  kubeconfigs: new Map(),
  notes: [],
  unreadable: [],
  undeclared: [],
});

describe("a rejected contract file", () => {
  test("is read by no program", async () => {
    const file = "../secret.json";
    const refused = new UserError("review-contract-file-outside", { subject: "s", problem: "p", remedy: "r" });
    const revision = {
      ...revisionOf({ east: mesh("east", { peers: { north: { file } } }) }),
      contractFiles: new Map([[file, refused]]),
    };
    const federation = planRevision(revision, new Map(), releaseSources);
    expect((await previewStacks(tools, revision, federation, deployedEast(), progress)).previews).toMatchObject([
      { stack: "east", state: "skipped", code: "review-checks-failed" },
    ]);
  });
});

describe("a rejected file of certificates", () => {
  test.each([
    ["a mesh", mesh("east", { ca: { provider: "external", rootFile: "../secret.pem" } })],
    [
      "a trust stack",
      { role: "trust", meshes: { north: { trustDomain: "north.example", requestFile: "../secret.pem" } } },
    ],
  ])("of %s is read by no program", async (_, raw) => {
    const refused = new UserError("review-certificate-file-outside", { subject: "s", problem: "p", remedy: "r" });
    const revision = { ...revisionOf({ east: raw }), certificateFiles: new Map([["../secret.pem", refused]]) };
    const federation = planRevision(revision, new Map(), releaseSources);
    federation.failed.push(...certificateFileFindings(revision));
    expect((await previewStacks(tools, revision, federation, deployedEast(), progress)).previews).toMatchObject([
      { stack: "east", state: "skipped", code: "review-checks-failed" },
    ]);
  });
});

describe("the preview of a stack whose secrets cannot be decrypted", () => {
  test("is left out and is no failure", async () => {
    const revision = revisionOf({ east: mesh("east") });
    const federation = planRevision(revision, new Map(), releaseSources);
    const code = "review-state-secrets-unreadable" as const;
    const notes = [{ stack: "east", code, subject: "state", problem: "p", remedy: "" }];
    const found = await previewStacks(tools, revision, federation, { ...deployedEast(), notes }, progress);
    expect(found.previews).toMatchObject([{ stack: "east", state: "skipped", code }]);
    expect(found.failed).toEqual([]);
  });
});

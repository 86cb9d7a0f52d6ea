import { findDrift } from "../../../review/drift/findDrift.ts";
import { readDeployed } from "../../../review/deployment/readDeployed.ts";
import { previewStacks } from "../../../review/preview/previews.ts";
import type { Progress } from "../../../tools/progress.ts";
import type { Toolchain } from "../../../tools/index.ts";
import { example, planned } from "./federation.ts";

const before = process.env["MESH_FEDERATION_BACKEND"];
afterEach(() => {
  if (before === undefined) delete process.env["MESH_FEDERATION_BACKEND"];
  else process.env["MESH_FEDERATION_BACKEND"] = before;
});

/** Not used without a backend. */
const tools = {} as Toolchain;
const progress = {} as Progress;
const code = "review-backend-none";

describe("a review without a backend", () => {
  test("plans from the configuration and previews no stack", async () => {
    process.env["MESH_FEDERATION_BACKEND"] = "none";
    const { revision, federation } = planned(example(), []);
    const deployed = await readDeployed(tools, revision);
    expect(deployed).toMatchObject({ backendError: { code }, stacks: [] });
    const { previews, failed, order } = await previewStacks(tools, revision, federation, deployed, progress);
    expect(previews).toMatchObject(["east", "west"].map((stack) => ({ stack, state: "skipped", code })));
    expect({ failed, order }).toMatchObject({
      failed: [],
      order: { steps: [], unfinished: [], blocked: ["east", "west"].map((stack) => ({ stack, code })) },
    });
    expect((await findDrift(tools, revision, deployed, progress)).notCompared).toMatchObject(
      ["east", "west"].map((stack) => ({ stack, code })),
    );
  });
});

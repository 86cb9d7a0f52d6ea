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

/** Nothing of these may be used: there is no backend to ask. */
const tools = {} as Toolchain;
const progress = {} as Progress;
const reason = "no backend given: MESH_FEDERATION_BACKEND is none, as for a pull request that gets no secrets";

test("a pull request without secrets is planned from its configuration; each stack says why it was not previewed", async () => {
  process.env["MESH_FEDERATION_BACKEND"] = "none";
  const { revision, federation } = planned(example(), []);
  const deployed = await readDeployed(tools, revision);
  expect(deployed).toMatchObject({ down: reason, stacks: [] });
  const { previews, failed, order } = await previewStacks(tools, revision, federation, deployed, progress);
  expect(previews).toEqual(["east", "west"].map((stack) => ({ stack, state: "skipped", reason })));
  expect({ failed, order }).toEqual({
    failed: [],
    order: { steps: [], stuck: [], blocked: ["east", "west"].map((stack) => ({ stack, message: reason })) },
  });
  expect((await findDrift(tools, revision, deployed, progress)).notes).toEqual(
    ["east", "west"].map((stack) => ({ stack, message: reason })),
  );
});

import { watchWarning } from "../../../workspace/docker.ts";

test.each([
  { clusters: 2, limit: 128, warned: false },
  { clusters: 3, limit: 128, warned: true },
  { clusters: 3, limit: 1024, warned: false },
  { clusters: 9, limit: undefined, warned: false },
])("$clusters clusters with a limit of $limit: warned $warned", ({ clusters, limit, warned }) => {
  expect(watchWarning(clusters, limit) !== undefined).toBe(warned);
});

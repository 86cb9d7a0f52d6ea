import { watchWarning } from "../../../workspace/docker.ts";

describe("the warning about Docker's limits", () => {
  test.each([
    { clusters: 2, limit: 128, warned: false },
    { clusters: 3, limit: 128, warned: true },
    { clusters: 3, limit: 1024, warned: false },
    { clusters: 9, limit: undefined, warned: false },
  ])("for $clusters clusters with a limit of $limit: $warned", ({ clusters, limit, warned }) => {
    expect(watchWarning(clusters, limit) !== undefined).toBe(warned);
  });
});

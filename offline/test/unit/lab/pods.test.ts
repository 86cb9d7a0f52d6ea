import { podsNotReady, type Pod } from "../../../lab/engine/pods.ts";

const since = Date.parse("2026-01-01T00:00:00.700Z");
const container = (startedAt: string, ready = true) => ({ ready, state: { running: { startedAt } } });
const pod = (status: Pod["status"], more: Partial<Pod["metadata"]> = {}, nodeName = "n"): Pod => ({
  metadata: { namespace: "ns", name: "p", ...more },
  spec: { nodeName },
  status: { phase: "Running", ...status },
});

describe("a pod after a node restart", () => {
  test.each([
    {
      what: "ready since before the node stopped",
      pod: pod({ containerStatuses: [container("2025-12-31T23:59:59Z")] }),
      up: false,
    },
    {
      what: "started in the very second of the node",
      pod: pod({ containerStatuses: [container("2026-01-01T00:00:00Z")] }),
      up: true,
    },
    {
      what: "restarted but not ready",
      pod: pod({ containerStatuses: [container("2026-01-01T00:00:05Z", false)] }),
      up: false,
    },
    {
      what: "one of two containers waiting",
      pod: pod({ containerStatuses: [container("2026-01-01T00:00:05Z"), { ready: false }] }),
      up: false,
    },
    { what: "without containers yet", pod: pod({}), up: false },
    { what: "finished", pod: pod({ phase: "Succeeded" }), up: true },
    { what: "being deleted", pod: pod({}, { deletionTimestamp: "2026-01-01T00:00:00Z" }), up: true },
    { what: "on a node that kept running", pod: pod({}, {}, "other"), up: true },
  ])("that is $what counts as up: $up", ({ pod, up }) => {
    expect(podsNotReady([pod], ["n"], since)).toEqual(up ? [] : ["ns/p"]);
  });
});

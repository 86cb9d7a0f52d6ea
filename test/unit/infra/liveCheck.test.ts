import { readUnlessUnreachable } from "../../../infra/liveCheck.ts";

const live = { services: [], rules: [], entries: [], accounts: new Map(), unread: [] };
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
beforeEach(() => void jest.spyOn(console, "warn").mockImplementation(() => undefined));

describe("the comparison with the cluster", () => {
  test("has what was read", async () => {
    await expect(readUnlessUnreachable("west", async () => live)).resolves.toBe(live);
  });

  test("is skipped where the cluster is unreachable", async () => {
    await expect(readUnlessUnreachable("west", failing("ECONNREFUSED"))).resolves.toBeUndefined();
  });

  test("fails where the cluster has a certificate that is not trusted", async () => {
    await expect(readUnlessUnreachable("west", failing("DEPTH_ZERO_SELF_SIGNED_CERT"))).rejects.toMatchObject({
      code: "cluster-unreadable",
    });
  });

  test("fails where the cluster refuses to show objects, and names them", async () => {
    const unread = [{ object: "ServiceEntries", reason: "403: forbidden" }];
    await expect(readUnlessUnreachable("west", async () => ({ ...live, unread }))).rejects.toMatchObject({
      code: "cluster-unreadable",
      details: [{ code: "live-object-unreadable", subject: "ServiceEntries" }],
    });
  });
});

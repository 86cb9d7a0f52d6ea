import { Unreachable } from "../../../../plugins/kubernetes/cluster.ts";
import { retryReset } from "../../../../plugins/kubernetes/retryReset.ts";

const failing = (code: string) => {
  const read = jest.fn<Promise<string>, []>(async () => "v1.34.1");
  return read.mockRejectedValueOnce(new Unreachable("no answer", { cause: Object.assign(new Error(code), { code }) }));
};

describe("a read whose connection fails", () => {
  test("is sent again after a reset", async () => {
    const read = failing("ECONNRESET");
    await expect(retryReset(read, undefined)).resolves.toBe("v1.34.1");
    expect(read).toHaveBeenCalledTimes(2);
  });

  test("is an error at once where nothing listens", async () => {
    const read = failing("ECONNREFUSED");
    await expect(retryReset(read, undefined)).rejects.toThrow(Unreachable);
    expect(read).toHaveBeenCalledTimes(1);
  });

  test("is not sent again once the operation is cancelled", async () => {
    const read = failing("ECONNRESET");
    await expect(retryReset(read, AbortSignal.abort())).rejects.toThrow("aborted");
    expect(read).toHaveBeenCalledTimes(1);
  });
});

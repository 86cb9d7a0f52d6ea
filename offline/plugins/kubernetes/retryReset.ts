import { setTimeout as sleep } from "node:timers/promises";

/** Retries of a read whose connection was reset, and the milliseconds between two. */
const resets = { retries: 10, interval: 1000 };

/**
 * Retries a read whose connection the server reset, as one that is starting does. Writes are not retried.
 * https://github.com/kubernetes/client-go/blob/v0.34.1/rest/request.go
 */
export async function retryReset<T>(read: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      if (code !== "ECONNRESET" || attempt === resets.retries) throw error;
      await sleep(resets.interval, undefined, { signal });
    }
  }
}

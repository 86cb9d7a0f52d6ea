import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, TimeoutError } from "./errors.ts";

/** Milliseconds between two attempts. */
export const retryInterval = 700;

/**
 * Reads a value, and reads it a second time where the first attempt fails or is not conclusive. A connection may break,
 * or be late on a busy machine; one such failure is no finding. A {@link TimeoutError} is not retried.
 * @param isConclusive whether a value can be used; default: any value
 */
export async function retry<T>(read: () => Promise<T>, isConclusive: (value: T) => boolean = () => true): Promise<T> {
  try {
    const value = await read();
    if (isConclusive(value)) return value;
  } catch (error) {
    if (error instanceof TimeoutError) throw error;
  }
  await sleep(retryInterval);
  return read();
}

/** What is read, by {@link retry}; undefined where the API server refuses. Rejects where the cluster is not reached. */
export async function unlessRefused<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await retry(read);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return undefined;
  }
}

import type { UnreadObject } from "../federation/checks/liveCluster.ts";
import { ApiError } from "./errors.ts";
import { retry } from "./retry.ts";

/** Reads objects one by one, and keeps those that the API server refuses to show. */
export class Reader {
  readonly unread: UnreadObject[] = [];

  /** What is read; `fallback` where the API server refuses. Rejects when the cluster cannot be reached. */
  async read<T>(object: string, answer: () => Promise<T>, fallback: T): Promise<T> {
    try {
      // A server that has just started may answer with an error once.
      return await retry(answer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.unread.push({ object, reason: error.message });
      return fallback;
    }
  }
}

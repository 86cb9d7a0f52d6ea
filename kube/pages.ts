import { ApiError } from "./errors.ts";

/**
 * Number of objects in one answer: one with thousands of pods takes too long.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
 */
export const pageSize = 250;

/** How often a list that the server has forgotten is read from its start again. */
const restarts = 2;

/** Most answers for one list. A server that never comes to an end is broken. */
const maxPages = 10_000;

/** A part of a list. A list of metadata without any object has null for its items. */
export interface Page<T> {
  items?: T[] | null;
  metadata?: { continue?: string };
}

/**
 * All objects of a list that the server sends in pages. Where it answers 410 because it no longer has the state that
 * the list began with, the list is read from its start again, so that all objects are of one state. Rejects with the
 * last 410 where that happens three times.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#410-gone-responses
 * @param read reads the page that a token stands for; undefined: the first
 */
export async function everyPage<T>(read: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  for (let restarted = 0; ; restarted++)
    try {
      return await fromStart(read);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 410 || restarted === restarts) throw error;
    }
}

async function fromStart<T>(read: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const pages: T[][] = [];
  for (let token: string | undefined; ;) {
    const { items, metadata } = await read(token);
    pages.push(items ?? []);
    token = metadata?.continue || undefined;
    if (token === undefined) return pages.flat();
    if (pages.length === maxPages) throw new Error(`the list has more than ${maxPages} pages`);
  }
}

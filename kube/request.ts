import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Access } from "./access.ts";
import { ApiError } from "./errors.ts";

/** One request to an API server. */
export interface ApiRequest {
  method?: "GET" | "POST" | "DELETE";
  /** Path below the server's URL, with its query. */
  path: string;
  /** Media types of the answer; default: JSON. */
  accept?: string;
  /** An object to send as JSON. */
  body?: object;
}

/** A name as a segment of a path. Throws for a name that no object has, and that would lead to another path. */
export function pathSegment(name: string): string {
  if (/^\.{0,2}$/.test(name)) throw new Error(`"${name}" is no name of an object`);
  return encodeURIComponent(name);
}

/**
 * Sends a request and returns the object in the answer. Rejects with an {@link ApiError} for any status but 2xx, and
 * with the error of the connection where there is no answer.
 */
export async function send<T>(
  { server, options }: Access,
  { method = "GET", path, accept = "application/json", body }: ApiRequest,
  signal?: AbortSignal,
): Promise<T> {
  const { headers, ...settings } = await options();
  const url = new URL(server + path);
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const call = (url.protocol === "http:" ? requestHttp : requestHttps)(
      url,
      {
        ...settings,
        method,
        headers: { accept, ...(body ? { "content-type": "application/json" } : {}), ...(headers as object) },
        ...(signal ? { signal } : {}),
      },
      (response) => {
        let received = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
        response.on("error", reject);
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: received }));
      },
    );
    call.on("error", reject);
    call.end(body && JSON.stringify(body));
  });
  if (status < 200 || status > 299) throw new ApiError(status, statusMessage(text) ?? `${method} ${path}`);
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Error(`${method} ${path}: the answer is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** The message of a `Status` object, with which an API server answers an error. */
function statusMessage(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    // A proxy in between may answer with anything.
    return undefined;
  }
}

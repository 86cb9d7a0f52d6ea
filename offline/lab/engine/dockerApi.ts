import { request } from "node:http";

/**
 * One call of the engine's HTTP interface over its socket (https://docs.docker.com/engine/api/v1.41/): faster than
 * a client program, and its answers are JSON.
 *
 * @param body sent as JSON when given
 * @param timeout milliseconds until the call counts as failed
 * @returns the decoded answer; the text if it is not JSON
 * @throws when there is no answer, or with the engine's message for a status of 400 or above
 */
export async function docker<T = unknown>(
  socket: string,
  method: string,
  path: string,
  body?: unknown,
  timeout = 30_000,
): Promise<T> {
  const { status, text } = await exchange(socket, method, path, body, timeout);
  const decoded = decode(text);
  if (status >= 400) {
    const reason = (decoded as { message?: string }).message ?? text;
    throw new Error(`the lab's engine refused ${method} ${path}: ${reason.trim()} (${status})`);
  }
  return decoded as T;
}

/** Whether an engine answers on `socket` within `timeout` milliseconds. */
export async function answers(socket: string, timeout: number): Promise<boolean> {
  return exchange(socket, "GET", "/_ping", undefined, timeout).then(
    ({ status }) => status === 200,
    () => false,
  );
}

function exchange(
  socket: string,
  method: string,
  path: string,
  body: unknown,
  timeout: number,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      payload === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
    const call = request({ socketPath: socket, method, path, headers, timeout, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }));
    });
    call.on("timeout", () =>
      call.destroy(new Error(`no answer from the lab's engine within ${timeout} ms (${method} ${path})`)),
    );
    call.on("error", reject);
    call.end(payload);
  });
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

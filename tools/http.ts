import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";

/** The agent for the proxy settings that were in force when it was made. */
let agent: { settings: string; dispatcher: EnvHttpProxyAgent } | undefined;

/** Requests that heed HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as read when the request is made, and follow redirects. */
export function request(url: string, init: RequestInit = {}): Promise<Response> {
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];
  const settings = JSON.stringify(names.map((name) => process.env[name]));
  if (agent?.settings !== settings) agent = { settings, dispatcher: new EnvHttpProxyAgent() };
  return fetch(url, { redirect: "follow", ...init, dispatcher: agent.dispatcher });
}

/** What went wrong with a request: `fetch` hides the reason (a refused connection, a certificate) in the cause. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error };
  return cause?.message ? `${message} (${cause.message})` : message;
}

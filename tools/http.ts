import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";

/** The agent for the proxy settings that were in force when it was made. */
let agent: { settings: string; dispatcher: EnvHttpProxyAgent } | undefined;

/** How many redirects are followed, as `fetch` does. */
const maxRedirects = 20;

/**
 * Requests that heed HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as read when the request is made, and follow redirects.
 * Rejects for a URL that is not {@link isProtected}, and for a redirect to one or from https to http.
 */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  const names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];
  const settings = JSON.stringify(names.map((name) => process.env[name]));
  if (agent?.settings !== settings) agent = { settings, dispatcher: new EnvHttpProxyAgent() };
  const { dispatcher } = agent;
  let target = new URL(url);
  if (!isProtected(target)) throw new Error(`${target.origin} is not https`);
  for (let redirects = 0; ; redirects++) {
    // `fetch` itself would also follow from https to http.
    const response = await fetch(target, { ...init, redirect: "manual", dispatcher });
    const location = response.status >= 300 && response.status < 400 ? response.headers.get("location") : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = new URL(location, target);
    if (!isProtected(next) || (target.protocol === "https:" && next.protocol !== "https:"))
      throw new Error(`${target.origin} redirects to ${next.origin}, which is not https`);
    if (redirects === maxRedirects) throw new Error(`${new URL(url).origin} redirects more than ${maxRedirects} times`);
    target = next;
  }
}

/** Whether nothing on the way can read or change an answer: https, or http to this machine. */
export function isProtected({ protocol, hostname }: URL): boolean {
  // URL writes an IPv4 address in four decimal numbers, whatever form it was given in.
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && loopback);
}

/** What went wrong with a request: `fetch` hides the reason (a refused connection, a certificate) in the cause. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error };
  return cause?.message ? `${message} (${cause.message})` : message;
}

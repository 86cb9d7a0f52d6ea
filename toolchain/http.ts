import { EnvHttpProxyAgent, fetch, type RequestInit, type Response } from "undici";

/** Requests that heed HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as read when the request is made, and follow redirects. */
export function request(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { redirect: "follow", ...init, dispatcher: new EnvHttpProxyAgent() });
}

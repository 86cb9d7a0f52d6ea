import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { federationOutput, type FederationContract } from "../federation/contract/contract.ts";
import { valueInJson } from "../federation/contract/contractText.ts";
import { UserError } from "../federation/errors/userError.ts";
import { descriptionOutput, parseDescription, type MeshDescription } from "../federation/meshes/meshDescription.ts";

/** A contract is text of at most this many bytes. */
const maxBytes = 1_000_000;
/** How long a server may take, in milliseconds. */
const timeout = 10_000;

/**
 * The contract that a stack publishes as output `federation`. Undefined where it publishes none: a
 * {@link FederatedImport} of it then fails with `import-pending`.
 */
export function federationOf(stack: pulumi.StackReference): pulumi.Output<FederationContract> {
  return stack.getOutput(federationOutput) as pulumi.Output<FederationContract>;
}

/**
 * The description of a mesh that its owner's stack gives as output `mesh`, for exports and imports in other stacks.
 * @returns fails with `mesh-description-missing` where there is none
 */
export function descriptionOf(stack: pulumi.StackReference): pulumi.Output<MeshDescription> {
  return pulumi.all([stack.getOutput(descriptionOutput), stack.name]).apply(([value, name]) => {
    if (value !== undefined) return parseDescription(value);
    throw new UserError("mesh-description-missing", {
      subject: `stack "${name}"`,
      problem: `it has no output "${descriptionOutput}"`,
      remedy: "Bring it up with `export const mesh = ...description`",
    });
  });
}

/**
 * The contract in a file that the peer's owner handed over.
 * @throws UserError `contract-file-unreadable`
 */
export function contractFromFile(path: string): FederationContract {
  try {
    return valueInJson(readFileSync(path, "utf8")) as FederationContract;
  } catch (error) {
    // The message of a JSON error quotes the file, which can be any file of this machine.
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError("contract-file-unreadable", {
      subject: `contract file "${path}"`,
      problem: code === undefined ? "it is not JSON" : `it cannot be read (${code})`,
      remedy: "Give the path of a peer's contract in JSON",
    });
  }
}

/** How {@link contractFromUrl} asks for a contract. */
export interface ContractRequest {
  /**
   * Headers, such as `Authorization`.
   * @default {}
   */
  headers?: Record<string, string>;
}

/**
 * The contract at a URL: `https://...`, or `http://` on a loopback address. Nothing is followed: a redirect fails. At most
 * 10 seconds pass and at most 1 MB is read, whatever the server does. A URL with credentials fails: they belong in
 * `headers`.
 * @returns rejects with `contract-url-unreadable`
 */
export async function contractFromUrl(
  url: string,
  { headers = {} }: ContractRequest = {},
): Promise<FederationContract> {
  const fail = (problem: string): UserError =>
    new UserError("contract-url-unreadable", {
      subject: `contract at ${withoutSecrets(url)}`,
      problem,
      remedy: "Give the URL of a peer's contract in JSON, or ask the peer's owner",
    });
  const problem = urlProblem(url);
  if (problem) throw fail(problem);
  const text = await textAt(url, headers, fail);
  try {
    return valueInJson(text) as FederationContract;
  } catch {
    throw fail("the answer is not JSON");
  }
}

async function textAt(
  url: string,
  headers: Record<string, string>,
  fail: (problem: string) => UserError,
): Promise<string> {
  const signal = AbortSignal.timeout(timeout);
  const failed = (what: string, error: unknown): UserError => {
    if (signal.aborted) return fail(`no complete answer within ${timeout / 1000} s`);
    const { cause } = error as { cause?: { code?: string; message?: string } };
    // The message of an error without a cause quotes headers.
    return fail(cause ? `${what} (${cause.code ?? cause.message})` : "HTTP does not allow these headers");
  };
  let response: Response;
  try {
    response = await fetch(url, { headers, redirect: "manual", signal });
  } catch (error) {
    throw failed("no answer", error);
  }
  if (response.status !== 200) {
    // Without this, an endless answer keeps the program running.
    await response.body?.cancel();
    const { status } = response;
    throw fail(`status ${status}${status >= 300 && status < 400 ? ", and redirects are not followed" : ""}`);
  }
  let text: string | undefined;
  try {
    text = await bounded(response);
  } catch (error) {
    throw failed("the answer broke off", error);
  }
  if (text === undefined) throw fail(`more than ${maxBytes} bytes`);
  return text;
}

/** The body as text; undefined where it is too large, of which no more is read. */
async function bounded(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** What is wrong with a URL, before anything is asked; undefined for a URL that may be asked. */
function urlProblem(url: string): string | undefined {
  const { protocol, hostname, username, password } = URL.canParse(url) ? new URL(url) : ({} as Partial<URL>);
  if (username || password) return "the URL has credentials, which belong in `headers`";
  const loopback = ["127.0.0.1", "[::1]", "localhost"].includes(hostname ?? "");
  return protocol === "https:" || (protocol === "http:" && loopback)
    ? undefined
    : "the URL must begin with https://, or with http:// on a loopback address";
}

/** A URL as it can be shown: without credentials and query. */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return "an invalid URL";
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

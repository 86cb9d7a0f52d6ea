import type { ErrorCode } from "../../federation/errors/catalogue/index.ts";
import type { Finding } from "../../federation/errors/userError.ts";
import { errorLine, ApiError } from "../../kube/errors.ts";
import type { Failure } from "../evidence.ts";
import type { State } from "../hops/result.ts";
import { pageOf } from "../page.ts";

/** Names of negative checks: each `negative-<id>` is a code of the error catalogue. */
export type NegativeCheckId = ErrorCode extends infer Code ? (Code extends `negative-${infer Id}` ? Id : never) : never;

/** What every negative check has. */
export interface NegativeCheck {
  id: NegativeCheckId;
  code: `negative-${NegativeCheckId}`;
  /** Name in reports. */
  title: string;
  /** Section of docs/verify.md about the check. */
  page: string;
}

/** Builds the common part of an entry of the registry. */
export function negativeCheck(id: NegativeCheckId, title: string): NegativeCheck {
  const code = `negative-${id}` as const;
  return { id, code, title, page: pageOf(code) };
}

/** The result of a negative check: something must be refused or must not exist. */
export interface NegativeResult {
  check: NegativeCheckId;
  code: NegativeCheck["code"];
  page: string;
  mesh: string;
  name: string;
  /** `unknown`: the control failed, or the evidence could not be read. */
  state: State;
  /** What succeeded at the same time. */
  control: string;
  evidence: string;
  /** The permission that is missing; only where that is why the state is unknown. */
  remedy?: string;
  /** The failure as findings, where it has codes of its own. */
  findings?: readonly Finding[];
  seenFrom: string;
}

/** The result of a check for a mesh. */
export function negativeResult(
  { id, code, title, page }: NegativeCheck,
  mesh: string,
  outcome: Pick<NegativeResult, "state" | "control" | "evidence" | "remedy" | "findings" | "seenFrom">,
  object = "",
): NegativeResult {
  return { check: id, code, page, mesh, name: `${mesh}: ${title}${object ? ` ${object}` : ""}`, ...outcome };
}

/** A value, or the API server's refusal to these credentials. Rejects with any other error. */
export async function unlessForbidden<T>(read: () => Promise<T>): Promise<T | Failure> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return { failure: errorLine(error) };
  }
}

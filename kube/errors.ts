/** The API server answered with an error, such as a refusal: the cluster was reached. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(`${status}: ${message}`);
    this.name = "ApiError";
    this.status = status;
  }
}

/** A cluster, or the backend of the state, did not answer in time. */
export class TimeoutError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeoutError";
  }
}

/** Codes of connections that fail before there is an answer. https://nodejs.org/api/errors.html#common-system-errors */
const connectionErrors = [
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
];

/** Whether a cluster could not be reached. A refusal and an untrusted certificate are answers. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return [code, cause?.code].some((found) => found !== undefined && connectionErrors.includes(found));
}

/** The first line of an error, with the code of its cause, such as ECONNREFUSED. */
export function errorLine(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  const reason = cause?.code ?? cause?.message;
  return `${String(message ?? error).split("\n")[0]!}${reason && !message?.includes(reason) ? ` (${reason})` : ""}`;
}

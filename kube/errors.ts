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

/** The first line of an error, with the code of its cause, such as ECONNREFUSED. */
export function errorLine(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { code?: string; message?: string } };
  const reason = cause?.code ?? cause?.message;
  return `${String(message ?? error).split("\n")[0]!}${reason && !message?.includes(reason) ? ` (${reason})` : ""}`;
}

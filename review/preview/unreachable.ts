/** What a cluster out of reach makes of a preview's message. */
const unreachable =
  /unreachable|connection refused|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT|no such host|i\/o timeout|no route to host|cannot be read \((?:fetch failed|The operation was aborted)/i;

/** What the engine says besides, of any error. */
const ofAny = /^(?:error: )?(?:preview|update) failed$/i;

/**
 * Whether all that kept a preview from succeeding is a cluster that cannot be reached: the first line of what says so,
 * or undefined. An error of another kind beside it is one of the change's own.
 */
export function outOfReach(errors: string[]): string | undefined {
  const told = errors.filter((error) => !ofAny.test(error.trim()));
  return told.length > 0 && told.every((error) => unreachable.test(error)) ? told[0]!.split("\n")[0] : undefined;
}

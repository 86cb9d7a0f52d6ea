/**
 * The argv of a program that is killed when this process ends, even by SIGKILL (PR_SET_PDEATHSIG in prctl(2)): no
 * killed build or start goes on writing where the next one works. It reaches the program itself, not what that starts;
 * `unshare --kill-child` passes it on.
 */
export function dyingWithUs(...argv: string[]): string[] {
  return ["setpriv", "--pdeathsig", "KILL", ...argv];
}

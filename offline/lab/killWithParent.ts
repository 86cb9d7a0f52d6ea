/**
 * The argv of a program that is killed when this process ends, even by SIGKILL (PR_SET_PDEATHSIG in prctl(2)), so that
 * a killed build leaves no process that writes into the folders of the next one. Children of the program are not
 * killed; `unshare --kill-child` kills them too.
 */
export function killWithParent(...argv: string[]): string[] {
  return ["setpriv", "--pdeathsig", "KILL", ...argv];
}

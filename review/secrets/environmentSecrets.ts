import { existsSync } from "node:fs";
import { textsOf } from "./masking.ts";
import { isSecretKey } from "./secretKeys.ts";
import { secretsInUrls } from "./urlSecrets.ts";

/** Words that mean a secret anywhere in the name of a variable. */
const anywhere = /token|secret|passw(?:or)?d|passphrase|credential|bearer|apikey/i;
/** Words that mean one only as a word of their own: `PATH` has PAT, `GIT_AUTHOR_NAME` has AUTH. */
const asWord =
  /(?:^|[_.:-])(?:pat|pass|sas|o?auth|authorization)(?:[_.:-]|$)|[a-z]_pwd$|(?:^|[_.:-])keys?(?:[_.:-]|$)|key$/i;
/** Values that are no secrets in any variable. Their mask would hide ordinary words. */
const ordinary = /^(?:true|false|yes|no|none|\d{1,3})$/i;

/**
 * The secrets in an environment, to be masked: the error of a backend can have its URL with the password, while its
 * states are unknown. They are the values of variables with a secret's name, except names of files, and the secrets in
 * URLs.
 */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    const isSecret =
      (isSecretKey(name) || anywhere.test(name) || asWord.test(name)) &&
      !/^kubeconfig$/i.test(name) &&
      !ordinary.test(value) &&
      !existsSync(value);
    return [...secretsInUrls(value), ...(isSecret ? textsOf(value) : [])];
  });
}

import { existsSync } from "node:fs";
import { isSecretKey, secretKeyEnding } from "./secretKeys.ts";
import { textsOf } from "./masking.ts";

/** A password in a URL, before its host. */
const userInfo = /[a-z][\w+.-]*:\/\/[^/\s:@]*:([^/\s]+)@/gi;
/** A secret among a URL's parameters. */
const parameter = new RegExp(`[?&][\\w.-]*?${secretKeyEnding}=([^&#\\s]+)`, "gi");
/** Values that are no secrets in any variable. Their mask would hide ordinary words. */
const ordinary = /^(?:true|false|yes|no|none|\d{1,3})$/i;

/**
 * The secrets in an environment, to be masked: the error of a backend can have its URL with the password, while its
 * states are unknown. They are the values of variables with a secret's name, except names of files, and the passwords
 * in URLs.
 */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = ""]) => {
    const inUrls = [userInfo, parameter].flatMap((pattern) =>
      [...value.matchAll(pattern)].flatMap(([, found]) => [found!, decoded(found!)]),
    );
    const isSecret =
      (isSecretKey(name) || /(?:^|_)key$/i.test(name)) &&
      !/^kubeconfig$/i.test(name) &&
      !ordinary.test(value) &&
      !existsSync(value);
    return [...inUrls, ...(isSecret ? textsOf(value) : [])];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

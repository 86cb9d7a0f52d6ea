import { existsSync } from "node:fs";
import { isSecretKey, secretKeyEnding } from "./secretKeys.ts";
import { textsOf } from "./masking.ts";

/** A password in a URL, before its host. */
const userInfo = /[a-z][\w+.-]*:\/\/[^/\s:@]*:([^/\s]+)@/gi;
/** A secret among a URL's parameters. */
const parameter = new RegExp(`[?&][\\w.-]*?${secretKeyEnding}=([^&#\\s]+)`, "gi");
/** Values that are no secrets whatever their variable is called; masked, they would blacken ordinary words. */
const ordinary = /^(?:true|false|yes|no|none|\d{1,3})$/i;

/**
 * The secrets in an environment, to be masked: a backend that is down may be told with its URL and the password in it,
 * while nothing of its states is known. They are values of variables whose names mean a secret, except the names of files,
 * and the passwords in URLs.
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

import { secretKeyEnding } from "./secretNames.ts";

/** The beginning of a URL up to the password. An address in brackets has colons of its own. */
const beforePassword = String.raw`[a-z][\w+.-]*:\/\/[^/\s:@[]*:`;
/** Names of a URL's parameters whose values are secret: signatures of Azure's and Amazon's URLs too. */
const parameterName = String.raw`[\w.-]*?(?:${secretKeyEnding}|key|sig|signature|sas|pat|auth)`;
/** What ends a password in a URL, in JSON too. Every other character can be part of it. */
const passwordEnd = '\\s"<>';
/** What ends a URL in a sentence, in JSON or in code. */
const urlEnd = "\\s\"'`<>";

const passwordStart = new RegExp(`${beforePassword}([^${passwordEnd}]+)`, "gi");
const parameterValue = new RegExp(`(?:^|[?&;\\s"'])${parameterName}=([^&#;${urlEnd}]+)`, "gi");

// A port with a path is no password; a `@` can be in a path.
const shownPassword = new RegExp(`(${beforePassword})(?!\\d{1,5}\\/)[^${passwordEnd}]+@`, "gi");
const shownParameter = new RegExp(`([?&]${parameterName}=)[^&#;${urlEnd}]+`, "gi");

/** Whether a text has a URL with a password or with a secret parameter. */
export function hasUrlSecret(text: string): boolean {
  return maskUrls(text, "") !== text;
}

/** Replaces passwords and secret parameters of URLs, whoever wrote the URL. */
export function maskUrls(text: string, replacement: string): string {
  return text.replace(shownPassword, `$1${replacement}@`).replace(shownParameter, `$1${replacement}`);
}

/**
 * The passwords and secret parameters of the URLs in a text, as written and decoded. An unencoded password can have `/`
 * and `@`, so each `@` can be its end.
 */
export function secretsInUrls(text: string): string[] {
  const passwords = [...text.matchAll(passwordStart)].flatMap(([, rest]) =>
    [...rest!.matchAll(/@/g)].map(({ index }) => rest!.slice(0, index)),
  );
  const values = [...text.matchAll(parameterValue)].map(([, value]) => value!);
  return [...passwords, ...values].filter(Boolean).flatMap((found) => [found, decoded(found)]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

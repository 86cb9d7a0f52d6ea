import { listChange, type Change } from "../changes/words.ts";
import { namedFiles, type NamedFile } from "../revision/certificateFiles.ts";
import type { Revision } from "../revision/revision.ts";
import { certificateChange, type Certificates } from "./certificates.ts";
import { compareWith } from "./meshTrust.ts";

/** PEM texts of the files of certificates and requests that a review compares. */
export function filePems(revisions: Revision[]): { certificates: string[]; requests: string[] } {
  const all = revisions.flatMap((revision) =>
    namedFiles(revision.stacks).map((named) => ({ named, content: contentOf(revision, named) ?? "" })),
  );
  const of = (request: boolean): string[] =>
    all
      .filter(({ named, content }) => (named.requestOf !== undefined) === request && content !== "")
      .map(({ content }) => content);
  return { certificates: of(false), requests: of(true) };
}

/** Content of a file; undefined where it cannot be used. */
function contentOf({ certificateFiles }: Revision, { file }: NamedFile): string | undefined {
  const content = certificateFiles?.get(file);
  return typeof content === "string" ? content : undefined;
}

/**
 * Certificates and requests in files that change: whose key gets a CA, which CA a mesh signs with, and which roots it
 * trusts. A file of another path is compared with the one that the same key named before.
 */
export function fileTrust(before: Revision, after: Revision, certificates: Certificates): Change[] {
  const named = namedFiles(before.stacks);
  return namedFiles(after.stacks).flatMap((now): Change[] => {
    const content = contentOf(after, now);
    // A file that cannot be used is a failed check.
    if (content === undefined) return [];
    const old = named.find(({ stack, key }) => stack === now.stack && key === now.key);
    const was = (old && contentOf(before, old)) ?? "";
    const title = `stack ${now.stack}: ${now.key} ${now.file}:`;
    if (now.requestOf !== undefined) {
      const change = was === content ? undefined : requestChange(was, content, certificates);
      return change ? [{ sign: "~", text: `${title} ${change}; ${compareWith(now.requestOf)}` }] : [];
    }
    const change = certificateChange(was, content, certificates);
    return change ? [{ sign: "~", text: `${title} ${change}` }] : [];
  });
}

function requestChange(before: string, after: string, certificates: Certificates): string | undefined {
  const keyOf = (pem: string): string[] => {
    const request = certificates.requestIn(pem);
    return request ? [`key with SHA-256 ${request.keySha256}, subject ${JSON.stringify(request.subject)}`] : [];
  };
  if (after !== "" && keyOf(after).length === 0) return "it has no certificate request that can be read";
  return listChange(keyOf(before), keyOf(after));
}

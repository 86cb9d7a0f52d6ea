import { UserError } from "../federation/errors/userError.ts";
import type { Release } from "./releases.ts";

/** A publisher's checksum of one file. */
export interface PublishedSum {
  algorithm: "sha1" | "sha256" | "sha512";
  /** Lower-case hexadecimal digits. */
  sum: string;
}

const algorithms: Record<number, PublishedSum["algorithm"]> = { 40: "sha1", 64: "sha256", 128: "sha512" };

/**
 * The sum of a release's file in its publisher's list: lines `<sum>  <file>`, as `sha256sum` writes them; the length of
 * a sum determines its algorithm. Pulumi's bridged providers, tls among them, list SHA-1 sums of `./<file>` (their
 * workflow publish.yml runs plain `shasum`): those detect a broken download, and the lock file's SHA-256 a changed one.
 * controller-tools' sums are of `/<file>` (hack/envtest/linux/Dockerfile), Kubernetes' `<file>.sha256` holds the sum
 * alone. Throws when the list has no such file, or something that is no checksum.
 */
export function publishedSum(list: string, release: Pick<Release, "name" | "checksumsUrl" | "file">): PublishedSum {
  const lines = list.split("\n").map((line) => /^([0-9a-f]+)\s+\*?(?:\.?\/)?(.+?)\s*$/i.exec(line));
  // A list that is about one file, by its own name, may hold the sum alone.
  const alone = release.checksumsUrl.split("/").at(-1)!.startsWith(`${release.file}.`)
    ? /^\s*([0-9a-f]+)\s*$/i.exec(list)?.[1]
    : undefined;
  const sum = (lines.find((found) => found?.[2] === release.file)?.[1] ?? alone)?.toLowerCase() ?? "";
  const algorithm = algorithms[sum.length];
  if (!algorithm)
    throw new UserError("checksum-missing", {
      subject: release.name,
      problem: `the publisher's list at ${release.checksumsUrl} has no checksum of ${release.file}`,
      remedy: "Open the list: a proxy or mirror may answer with a page of its own",
    });
  return { algorithm, sum };
}

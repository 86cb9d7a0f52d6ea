import { printableJson } from "../../federation/errors/userError.ts";

/** The report of a command. All secrets are masked. */
export interface Report {
  /** Why the command fails, a line each; empty when everything passed. */
  failures: string[];
  /** The result, for JSON. */
  result: object;
  /** The result, for a comment on a pull request. */
  markdown: string;
}

/**
 * The address of docs/errors.md for links in a comment, which cannot be relative to the repository. In CI the page is
 * that of the reviewed commit; elsewhere the path in the clone.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function errorsPage(env: Readonly<Record<string, string | undefined>>): string {
  const path = "docs/errors.md";
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: sha } = env;
  if (server && repository && sha) return `${server}/${repository}/blob/${sha}/${path}`;
  const { CI_PROJECT_URL: project, CI_COMMIT_SHA: commit } = env;
  return project && commit ? `${project}/-/blob/${commit}/${path}` : path;
}

/** What a command prints on standard output. */
export function printed({ failures, result, markdown }: Report, json = false): string {
  return json ? `${printableJson({ passed: failures.length === 0, ...result })}\n` : markdown;
}

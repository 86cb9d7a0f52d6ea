import { terminal } from "./terminal.ts";

/** An invisible character that keeps a renderer from finding a name, a reference or an address. */
const apart = "\u200b";

/** Characters by which Markdown, HTML or math begins inside a line. */
const entities: Record<string, string> = { "<": "&lt;", "&": "&amp;", $: "&#36;" };

/**
 * Text from outside as Markdown without any effect, on one line. It can stand in a paragraph, a list item and a cell
 * of a table. GitHub and GitLab look for names, references and addresses in the rendered text, where an escape is gone:
 * those are kept apart.
 * https://github.github.com/gfm/#backslash-escapes, https://github.github.com/gfm/#autolinks-extension-
 * https://docs.gitlab.com/user/markdown/#gitlab-specific-references
 */
export function markdown(text: string): string {
  return terminal(text)
    .trim()
    .replace(/@(?=[\w"])|[#!](?=\d)|(?<!\w)[%~&$^](?=[\w"])|\/(?=\/)|\bwww(?=\.)|\bGH(?=-\d)/gi, `$&${apart}`)
    .replace(/[\\`*[\]|~]|(?<![a-z0-9])_|_(?![a-z0-9])/gi, "\\$&")
    .replace(/[<&$]/g, (char) => entities[char]!)
    .replace(/^[#>+=-]/, "\\$&")
    .replace(/^(\d+)([.)])/, "$1\\$2");
}

/** Text from outside as one line of a fence of three backticks. */
export function fencedLine(text: string): string {
  return terminal(text).replace(/`{3,}/g, (run) => "'".repeat(run.length));
}

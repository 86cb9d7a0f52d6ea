import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const files = globSync(
  ["*.md", "docs/*.md", "docs/decisions/*.md", "{test,tools,bench,policy}/*.md", "offline/**/*.md"],
  {
    exclude: (path) => path.includes("node_modules"),
  },
).sort();
const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));

/** The anchor of a heading on GitHub. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");

const anchorsOf = (file: string): string[] =>
  [...readFileSync(file, "utf8").matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

function brokenLinks(file: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path, anchor] = target.split("#");
      const linked = path ? join(dirname(file), path) : file;
      return !existsSync(linked) || (anchor !== undefined && !anchorsOf(linked).includes(anchor));
    });
}

/** Paths of source files in backticks that exist neither from the root nor from the document's folder. */
function missingPaths(file: string, text: string): string[] {
  return [...text.matchAll(/`((?:[\w-]+\/)+[\w.-]+\.(?:ts|sh|js|cjs|md))`/g)]
    .map(([, path]) => path!)
    .filter((path) => !existsSync(path) && !existsSync(join(dirname(file), path)));
}

describe("documentation", () => {
  test.each(files)("%s has valid links and names existing files", (file) => {
    const text = texts.get(file)!;
    expect({ links: brokenLinks(file, text), paths: missingPaths(file, text) }).toEqual({ links: [], paths: [] });
  });
});

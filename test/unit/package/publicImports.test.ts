import { execFile } from "node:child_process";
import { join } from "node:path";

const root = join(__dirname, "../../..");

/** Runs one rule as the project configures it; all of them take a minute. */
const lintWithOneRule = `
  import { Linter } from "eslint";
  import tseslint from "typescript-eslint";
  import config from "./eslint.config.js";
  const rule = "import-x/no-restricted-paths";
  const { files, plugins, settings, rules } = config.find(({ rules }) => rules?.[rule]);
  const languageOptions = { parser: tseslint.parser };
  const only = { files, plugins, settings, languageOptions, rules: { [rule]: rules[rule] } };
  const filename = process.cwd() + "/infra/warn.ts";
  console.log(JSON.stringify(new Linter().verify(process.env.SNIPPET, [only], { filename })));
`;

/** What the project's import rule says of `text` as a file of infra/. */
function lint(text: string): Promise<{ line: number; message: string }[]> {
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ["--input-type=module", "-e", lintWithOneRule],
      { cwd: root, env: { ...process.env, SNIPPET: text } },
      (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout) as { line: number; message: string }[])),
    ),
  );
}

test("the program imports the library by its public names alone", async () => {
  const messages = await lint(
    [
      'export { planFederation } from "../federation/index.ts";',
      'export { ExportedService } from "../components/index.ts";',
      'export { readSources } from "../workspace/sources.ts";',
      'export { planFederation as deep } from "../federation/planFederation.ts";',
      'export { ExportedService as direct } from "../components/exportedService.ts";',
      'export const lazy = () => import("../federation/contract/contract.ts");',
    ].join("\n"),
  );
  const text = (folder: string): unknown => expect.stringContaining(`infra/ imports ${folder}/ by ${folder}/index.ts`);
  expect(messages).toMatchObject([
    { line: 4, message: text("federation") },
    { line: 5, message: text("components") },
    { line: 6, message: text("federation") },
  ]);
});

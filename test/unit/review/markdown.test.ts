import fc from "fast-check";
import { fencedLine, listItem, plainText, tableCell } from "../../../review/report/markdown.ts";

test.each([
  ["name it in peers.<mesh>.stack", "name it in peers.&lt;mesh>.stack"],
  ["run `npm run review -- --base <ref>`", "run `npm run review -- --base <ref>`"],
  ["<!-- hidden", "&lt;!-- hidden"],
  ["from @owners, says a@example.com", "from @\u200bowners, says a@example.com"],
  ["`@owners` and @owners", "`@owners` and @\u200bowners"],
  ["a ``` fence", "a ''' fence"],
  ["~~~", "'''"],
  ["an `open <b>", "an 'open &lt;b>"],
  ["`open\n<b> ` <i> `", "'open\n&lt;b> ` <i> `"],
  ["``a`` ` <b> ``", "''a'' ' &lt;b> ''"],
  ["\\` <b> `", "\\' &lt;b> '"],
])("%s is shown as it is, and does nothing", (text, shown) => expect(plainText(text)).toBe(shown));

test("lines of a message stay in its list item, its cell or its line of a fence, however they end", () => {
  const text = "one\r\ntwo\rthree\n| four";
  expect(listItem(text)).toBe("one\n  two\n  three\n  | four");
  expect(tableCell(text)).toBe("one two three \\| four");
  expect(fencedLine(text)).toBe("one two three | four");
});

test("no text ends a fence, a cell or a list item, and none names anybody", () => {
  const text = fc
    .array(fc.constantFrom("`", "``", "```", "<", "@", "a", " ", "\n", "\r", "|", "\\", "~~~"))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (t) => {
      for (const shown of [plainText(t), listItem(t), tableCell(t)]) expect(shown).not.toMatch(/``|~~~|\r/);
      for (const line of [fencedLine(t), tableCell(t)]) expect(line).not.toMatch(/```|\r|\n/);
      expect(listItem(t)).not.toMatch(/\n(?!  )/);
      for (const line of plainText(t).split("\n")) expect(line.replace(/`[^`]*`/g, "`")).not.toMatch(/<|(?<!\w)@\w/);
    }),
  );
});

import fc from "fast-check";
import { settingChanges } from "../../../review/changes/words.ts";
import { withoutPem } from "../../../review/changes/pem.ts";
import { roots } from "../support/roots.ts";

const [first, second] = roots;
const shown = (root: { sha256: string }) => `[certificate, SHA-256 ${root.sha256}]`;

describe("a certificate in a text", () => {
  test.each<[string, string, string]>([
    ["as it is", `a ${first.pem.trim()} b`, `a ${shown(first)} b`],
    ["in JSON", JSON.stringify(first.pem), `"${shown(first)}"`],
    ["in JSON in JSON", JSON.stringify(JSON.stringify(first.pem)), `"\\"${shown(first)}\\""`],
    ["indented in YAML", `pem: |\n${first.pem.trim().replaceAll(/^/gm, "    ")}`, `pem: |\n    ${shown(first)}`],
    ["beside another", first.pem + second.pem.trim(), `${shown(first)}\n${shown(second)}`],
    [
      "that is none",
      "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----",
      "[not a certificate, SHA-256 of its bytes ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad]",
    ],
    [
      "request",
      "-----BEGIN CERTIFICATE REQUEST-----\nYWJj\n-----END CERTIFICATE REQUEST-----",
      "[certificate request, SHA-256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad]",
    ],
    ["without an end", "-----BEGIN CERTIFICATE-----\nYWJj", "-----BEGIN CERTIFICATE-----\nYWJj"],
  ])("%s is its fingerprint", (_, text, says) => {
    expect(withoutPem(text)).toBe(says);
  });

  test("is found in linear time", () => {
    const many = "-----BEGIN CERTIFICATE-----\n".repeat(100_000);
    const started = performance.now();
    withoutPem(many + "YWJj".repeat(100_000));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test("leaves other texts as they are", () => {
    fc.assert(fc.property(fc.string(), (text) => expect(withoutPem(text)).toBe(text)));
  });
});

describe("the change of a setting with a certificate", () => {
  test.each<[string, unknown, unknown, string]>([
    ["another", first.pem, second.pem, `pem "${shown(first)}" -> "${shown(second)}"`],
    ["in a list", [first.pem], [second.pem], `pem + ${shown(second)}, - ${shown(first)}`],
    ["with other line ends", first.pem, first.pem.trim(), `pem "${shown(first)}" (written differently)`],
  ])("%s", (_, before, after, says) => {
    expect(settingChanges({ pem: before }, { pem: after })).toEqual([says]);
  });
});

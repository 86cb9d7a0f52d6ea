import { markTexts, secretTexts, withoutTexts } from "../../../../plugins/kubernetes/charts/secretTexts.ts";
import { Secret, type Values } from "../../../../plugins/shared/values.ts";

const base64 = Buffer.from("hush-value").toString("base64");

describe("the secret texts", () => {
  test.each<{ name: string; inputs: Values; expected: string[] }>([
    {
      name: "values",
      inputs: { chart: "./app", values: { a: new Secret("hush-value"), b: "plain" } },
      expected: ["hush-value"],
    },
    {
      name: "all values",
      inputs: { values: new Secret({ a: "hush-value", b: ["hush-too", 7, "abc"] }) },
      expected: ["hush-value", "hush-too"],
    },
    {
      name: "value files",
      inputs: { valueYamlFiles: [new Secret({ text: "a: {b: hush-value}" }), { text: "c: plain" }] },
      expected: ["hush-value"],
    },
    {
      name: "all value files",
      inputs: { valueYamlFiles: new Secret([{ text: "a: hush-value" }]) },
      expected: ["hush-value"],
    },
  ])("come from secrets in $name", ({ inputs, expected }) => expect(secretTexts(inputs)).toEqual(expected));

  test("mark an object's texts that contain them", () => {
    expect(markTexts({ a: "x hush-value", b: [base64, "plain"], c: 1 }, ["hush-value"])).toEqual({
      a: new Secret("x hush-value"),
      b: [new Secret(base64), "plain"],
      c: 1,
    });
  });

  test("are masked in a message, the longest first", () => {
    expect(withoutTexts(`bad hush-value2, hush-value and ${base64}`, ["hush-value", "hush-value2"])).toBe(
      "bad [secret], [secret] and [secret]",
    );
  });
});

import { warningsIn } from "../../../../plugins/kubernetes/client.ts";

describe("the warnings of the API server", () => {
  test.each<[string | undefined, string[]]>([
    [undefined, []],
    ['299 - "unknown field \\"spec.x\\""', ['unknown field "spec.x"']],
    ['299 - "a, b", 299 - "v1 Endpoints is deprecated"', ["a, b", "v1 Endpoints is deprecated"]],
    ['112 - "network down"', []],
  ])("are read from the header %j", (header, texts) => expect(warningsIn(header)).toEqual(texts));
});

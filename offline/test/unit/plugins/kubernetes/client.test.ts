import { warningsIn } from "../../../../plugins/kubernetes/client.ts";

test.each<[string | undefined, string[]]>([
  [undefined, []],
  ['299 - "unknown field \\"spec.x\\""', ['unknown field "spec.x"']],
  ['299 - "a, b", 299 - "v1 Endpoints is deprecated"', ["a, b", "v1 Endpoints is deprecated"]],
  ['112 - "network down"', []],
])("warnings in %j", (header, texts) => expect(warningsIn(header)).toEqual(texts));

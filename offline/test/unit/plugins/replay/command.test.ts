import { PluginProcess } from "../../../support/plugins/pluginProcess.ts";
import { Bindings, recorded, titleOf } from "../../../support/plugins/traces.ts";

/** What must differ: an id that is made up. */
const varying = [/^id$/];

const bindings = new Bindings();
let plugin: PluginProcess;
beforeAll(async () => void (plugin = await PluginProcess.start("command")));
afterAll(() => plugin.stop());

describe("the command plugin answers as recorded", () => {
  test.each(recorded("command").map((call) => ({ title: titleOf(call), call })))("$title", async ({ call }) => {
    const answer = await plugin.call(call.method, bindings.of(call.request));
    // The words of "unimplemented" are the gRPC library's.
    const codes = (errors: string[] | undefined) =>
      errors?.map((e) => (e.includes("Unimplemented") ? e.split(" desc")[0] : e));
    expect(codes(answer.errors)).toEqual(codes(call.errors));
    expect(bindings.differences(call.response, answer.response, varying)).toEqual([]);
  });
});

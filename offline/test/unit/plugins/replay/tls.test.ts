import { PluginProcess } from "../../../support/plugins/pluginProcess.ts";
import { Bindings, recorded, titleOf } from "../../../support/plugins/traces.ts";

/** What must differ: what is made by chance or by the time. */
const varying = [/(^|\.)id$/, /\.publicKey(FingerprintMd5|FingerprintSha256|Openssh)$/, /\.validity(Start|End)Time$/];

const bindings = new Bindings();
let plugin: PluginProcess;
beforeAll(async () => void (plugin = await PluginProcess.start("tls")));
afterAll(() => plugin.stop());

describe("the tls plugin answers as recorded", () => {
  test.each(recorded("tls").map((call) => ({ title: titleOf(call), call })))("$title", async ({ call }) => {
    const answer = await plugin.call(call.method, bindings.of(call.request));
    expect(answer.errors).toEqual(call.errors);
    expect(bindings.differences(call.response, answer.response, varying)).toEqual([]);
  });
});

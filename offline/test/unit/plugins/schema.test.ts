import { PluginProcess } from "../../support/plugins/pluginProcess.ts";

test.each(["kubernetes", "command", "tls"] as const)(
  "whoever asks %s for its schema, as an import that writes code does, is told what to do",
  async (name) => {
    const plugin = await PluginProcess.start(name);
    try {
      const { errors } = await plugin.call("GetSchema", {});
      expect(errors).toEqual([
        expect.stringMatching(
          new RegExp(
            `code = Unimplemented desc = this stand-in for the ${name} plugin has no schema.*--generate-code=false`,
          ),
        ),
      ]);
    } finally {
      await plugin.stop();
    }
  },
  60_000,
);

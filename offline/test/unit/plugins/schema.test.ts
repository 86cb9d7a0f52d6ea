import { PluginProcess } from "../../support/plugins/pluginProcess.ts";

describe("the schema request", () => {
  test.each(["kubernetes", "command", "tls"] as const)(
    "to the stand-in %s is an error with a remedy",
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
});

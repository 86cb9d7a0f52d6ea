import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { installStandIns } from "../../../offline/builds/standIns.ts";

/** Gives a Pulumi home the plugins under test: those of the home MESH_FEDERATION_TEST_PLUGIN_HOME if that is set, else the stand-ins. */
export function givePlugins(home: string): void {
  const given = process.env["MESH_FEDERATION_TEST_PLUGIN_HOME"];
  if (given) return symlinkSync(join(given, "plugins"), join(home, "plugins"));
  const helm = process.env["MESH_FEDERATION_HELM"];
  if (!helm)
    throw new Error(
      "MESH_FEDERATION_HELM is not set: run these tests with `npm run test:engine`, which makes Helm ready",
    );
  installStandIns(helm, home);
}

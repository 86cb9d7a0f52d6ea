import { checkTiers, type MachineChecks } from "../../support/tiers.ts";

const able: MachineChecks = { platform: "linux", builds: () => undefined, lab: async () => undefined };
const lacking = (what: string) => () => {
  throw new Error(what);
};

test("a machine that has everything runs every tier, and any machine the unit tests", async () => {
  await checkTiers(["unit", "engine", "e2e"], able);
  await checkTiers(["unit"], { platform: "darwin", builds: lacking("Go is not installed"), lab: lacking("no root") });
});

test.each<{ name: string; machine: MachineChecks; says: RegExp }>([
  { name: "another system", machine: { ...able, platform: "darwin" }, says: /tier engine cannot run .* none was started: it needs Linux, and this is darwin\n`npm run test:unit`/ },
  { name: "no Go", machine: { ...able, builds: lacking("Go is not installed") }, says: /tier engine .*: Go is not installed/ },
  { name: "no lab", machine: { ...able, lab: async () => lacking("the lab needs root")() }, says: /tier e2e .*: the lab needs root\n.*`npm run test:engine` needs Linux/ },
])("$name: the tier and what is missing are named", async ({ machine, says }) => {
  await expect(checkTiers(["unit", "engine", "e2e"], machine)).rejects.toThrow(says);
});

import { exit, fail } from "./arguments.ts";
import { initCommand } from "./commands/init.ts";

initCommand("npm run init --").then(exit, fail);

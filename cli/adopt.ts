import { exit, fail } from "./arguments.ts";
import { adoptCommand } from "./commands/adopt.ts";

adoptCommand("npm run adopt --").then(exit, fail);

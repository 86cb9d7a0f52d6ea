import { afterwards } from "./scenarios/afterwards.ts";
import { beforeAnything } from "./scenarios/beforeAnything.ts";
import { changes } from "./scenarios/changes.ts";
import { existingMeshes } from "./scenarios/existingMeshes.ts";
import { firstUp } from "./scenarios/firstUp.ts";
import { interruptions } from "./scenarios/interruptions.ts";
import { refusals } from "./scenarios/refusals.ts";
import { steadyState } from "./scenarios/steadyState.ts";
import { World } from "./support/world.ts";

// Scenarios follow on each other and share one lab: what one leaves is what the next starts from.
jest.setTimeout(12 * 60_000);
const world = new World();
afterAll(() => world.end());

beforeAnything(world);
firstUp(world);
steadyState(world);
refusals(world);
changes(world);
existingMeshes(world);
interruptions(world);
afterwards(world);

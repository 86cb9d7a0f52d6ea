import { afterwards } from "./scenarios/afterwards.ts";
import { beforeAnything } from "./scenarios/beforeAnything.ts";
import { blended } from "./scenarios/blended.ts";
import { callers } from "./scenarios/callers.ts";
import { changes } from "./scenarios/changes.ts";
import { diagnosis } from "./scenarios/diagnosis.ts";
import { existingMeshes } from "./scenarios/existingMeshes.ts";
import { firstUp } from "./scenarios/firstUp.ts";
import { interruptions } from "./scenarios/interruptions.ts";
import { overview } from "./scenarios/overview.ts";
import { refusals } from "./scenarios/refusals.ts";
import { steadyState } from "./scenarios/steadyState.ts";
import { thirdMesh, thirdMeshLeaves } from "./scenarios/thirdMesh.ts";
import { traffic } from "./scenarios/traffic.ts";
import { trafficProof } from "./scenarios/trafficProof.ts";
import { World } from "./support/world.ts";

// Scenarios follow on each other and share one lab: what one leaves is what the next starts from.
jest.setTimeout(12 * 60_000);
const world = new World();
afterAll(() => world.end());

beforeAnything(world);
firstUp(world);
steadyState(world);
refusals(world);
diagnosis(world);
overview(world);
trafficProof(world);
thirdMesh(world);
traffic(world);
blended(world);
callers(world);
thirdMeshLeaves(world);
changes(world);
existingMeshes(world);
interruptions(world);
afterwards(world);

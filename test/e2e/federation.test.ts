import { scenarios } from "./scenarios/index.ts";
import { World } from "./support/world.ts";

jest.setTimeout(12 * 60_000);
const world = new World();
afterAll(() => world.end());

for (const scenario of scenarios) scenario(world);

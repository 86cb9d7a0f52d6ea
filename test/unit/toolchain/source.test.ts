import { chooseFor, type Situation } from "../../../cli/tools.ts";
import { chooseSource, probedUrls, type Probe } from "../../../toolchain/source.ts";

/** A probe under which these hosts fail, and that tells what it was asked. */
function probe(failing: Record<string, string> = {}): { probe: Probe; asked: string[] } {
  const asked: string[] = [];
  return { asked, probe: async (url) => (asked.push(url), failing[new URL(url).host]) };
}

test("a release file and every chart repository are asked for, once each, at different hosts", () => {
  const hosts = probedUrls().map((url) => new URL(url).host);
  expect(hosts[0]).toBe("github.com");
  expect(new Set(hosts).size).toBe(3);
});

test("when all hosts answer, the releases are used", async () => {
  const { probe: all, asked } = probe();
  const { source, why } = await chooseSource(undefined, all);
  expect(source).toBe("release");
  expect(why).toMatch(/^source: release \(official downloads\), because github\.com, .* answer$/);
  expect(asked).toEqual(probedUrls());
});

test.each(probedUrls().map((url) => new URL(url).host))("when %s does not answer, the registries are, and the line says why in one line", async (host) => {
  const { source, why } = await chooseSource(undefined, probe({ [host]: "answered 403" }).probe);
  expect(source).toBe("registry");
  expect(why).toContain(`no use of ${host} (answered 403)`);
  expect(why).toContain("--source release forces");
  expect(why).not.toContain("\n");
});

test.each(["release", "registry"])("--source %s is obeyed without asking anybody", async (forced) => {
  const { probe: none, asked } = probe({ "github.com": "no answer" });
  expect(await chooseSource(forced, none)).toEqual({ source: forced, why: `source: ${forced}, as asked for by --source` });
  expect(asked).toEqual([]);
});

test.each(["Release", "", "docker"])("--source %j is refused with what is allowed", async (forced) => {
  await expect(chooseSource(forced)).rejects.toThrow(/must be release .* or registry/);
});

test.each<{ what: string; situation: Situation; chosen: string; asks: boolean }>([
  { what: "up of a fresh clone looks at the machine", situation: { fresh: true, up: [] }, chosen: "release", asks: true },
  { what: "another command of a fresh clone does too", situation: { fresh: false, up: [] }, chosen: "release", asks: true },
  { what: "up looks again when nothing is up", situation: { remembered: "registry", fresh: true, up: [] }, chosen: "release", asks: true },
  { what: "another command goes on with what up chose", situation: { remembered: "registry", fresh: false, up: [] }, chosen: "registry", asks: false },
  { what: "up keeps to what the clusters were made with, whatever answers today", situation: { remembered: "registry", fresh: true, up: ["east"] }, chosen: "registry", asks: false },
  { what: "--source may say what is so already", situation: { forced: "registry", remembered: "registry", fresh: true, up: ["east"] }, chosen: "registry", asks: false },
  { what: "--source may change it when nothing is up", situation: { forced: "registry", remembered: "release", fresh: true, up: [] }, chosen: "registry", asks: false },
  { what: "the variable chooses for a fresh clone", situation: { preferred: "registry", fresh: false, up: [] }, chosen: "registry", asks: false },
  { what: "--source wins over the variable", situation: { forced: "release", preferred: "registry", fresh: true, up: [] }, chosen: "release", asks: false },
  { what: "the variable keeps nobody from handling what is up", situation: { preferred: "release", remembered: "registry", fresh: false, up: ["east"] }, chosen: "registry", asks: false },
  { what: "the variable may change it when nothing is up", situation: { preferred: "registry", remembered: "release", fresh: false, up: [] }, chosen: "registry", asks: false },
])("$what", async ({ situation, chosen, asks }) => {
  const { probe: all, asked } = probe();
  expect((await chooseFor(situation, all)).source).toBe(chosen);
  expect(asked.length > 0).toBe(asks);
});

test("--source is refused when clusters of the other one are up", async () => {
  const situation: Situation = { forced: "release", remembered: "registry", fresh: true, up: ["east", "west"] };
  await expect(chooseFor(situation)).rejects.toThrow("--source release: east, west came up with --source registry, and its clusters cannot be handled with other tools; run `npm run down` first");
});

test("the variable is named in the line that says why, and in its errors; of what is up already it says nothing new", async () => {
  expect((await chooseFor({ preferred: "registry", fresh: true, up: [] })).why).toMatch(/^source: registry .*because MESH_FEDERATION_SOURCE says so$/);
  expect((await chooseFor({ preferred: "registry", remembered: "registry", fresh: true, up: ["east"] })).why).toBe("source: registry, as before: east came up with it");
  await expect(chooseFor({ preferred: "internet", fresh: true, up: [] })).rejects.toThrow("MESH_FEDERATION_SOURCE=internet: must be release");
  await expect(chooseFor({ preferred: "release", remembered: "registry", fresh: true, up: ["east"] })).rejects.toThrow("MESH_FEDERATION_SOURCE=release: east came up with --source registry");
});

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareEngineLog } from "../../../workspace/engineLog.ts";

let home: string;
let logs: string;
beforeEach(() => {
  home = join(mkdtempSync(join(tmpdir(), "engine-log-")), "home");
  logs = join(home, "logs");
});
afterEach(() => rmSync(join(home, ".."), { recursive: true }));

test.each([undefined, "", "0"])("with %p a file stands where Pulumi would make its folder", (wanted) => {
  prepareEngineLog(home, wanted);
  prepareEngineLog(home, wanted);
  expect(() => mkdirSync(logs, { recursive: true })).toThrow(/EEXIST/);
  expect(readFileSync(logs, "utf8")).toContain("MESH_FEDERATION_ENGINE_LOG=1");
});

test("logs of earlier commands go with their folder, and nothing else of the home", () => {
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, "pulumi-20261128T120000-1-up.log"), "log");
  mkdirSync(join(home, "plugins"));
  prepareEngineLog(home, undefined);
  expect([statSync(logs).isFile(), existsSync(join(home, "plugins"))]).toEqual([true, true]);
});

test("with 1 Pulumi can make its folder again, and keeps what is in it", () => {
  prepareEngineLog(home, undefined);
  prepareEngineLog(home, "1");
  mkdirSync(logs);
  writeFileSync(join(logs, "one.log"), "log");
  prepareEngineLog(home, "1");
  expect(existsSync(join(logs, "one.log"))).toBe(true);
});

test("another value is refused", () => {
  expect(() => prepareEngineLog(home, "yes")).toThrow(/MESH_FEDERATION_ENGINE_LOG.*"yes"/);
});

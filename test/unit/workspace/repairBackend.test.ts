import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repairBackend } from "../../../workspace/repairBackend.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "backend-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("the repair of a backend", () => {
  test("deletes empty attributes everywhere, and no file of the state", () => {
    const stacks = join(dir, ".pulumi", "stacks", "mesh-federation");
    mkdirSync(stacks, { recursive: true });
    const files: Record<string, string> = {
      "east.json": "{}",
      "east.json.attrs": "",
      "west.json": "",
      "west.json.attrs": "{}",
      "trust.json": "{}",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(stacks, name), text);
    writeFileSync(join(dir, ".pulumi", "meta.yaml.attrs"), "");
    expect(repairBackend(dir)).toEqual([join(dir, ".pulumi", "meta.yaml"), join(stacks, "east.json")]);
    expect(readdirSync(stacks).sort()).toEqual(["east.json", "trust.json", "west.json", "west.json.attrs"]);
    expect(repairBackend(dir)).toEqual([]);
  });

  test("does nothing without a backend", () => expect(repairBackend(join(dir, "none"))).toEqual([]));
});

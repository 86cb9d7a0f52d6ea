import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserError } from "../../../federation/errors/userError.ts";
import { contract } from "../federation/fixtures.ts";
import { readContractFile } from "../../../workspace/contractFile.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-federation-contract-"));
const file = join(folder, "contract.json");
afterAll(() => rmSync(folder, { recursive: true }));

describe("a contract file", () => {
  test("may begin with a byte order mark", () => {
    writeFileSync(file, `\uFEFF${JSON.stringify(contract("north"))}`);
    expect(readContractFile("north", file).mesh.name).toBe("north");
  });

  test.each([
    {
      what: "all outputs",
      text: '{"federation":{"version":1},"kubeconfig":"root"}',
      says: /is its output "federation"/,
    },
    { what: "a path from a shell", path: "~/north.json", says: /only a shell replaces ~/ },
  ])("with $what is refused by what it is", ({ text, path, says }) => {
    if (text) writeFileSync(file, text);
    expect(() => readContractFile("north", path ?? file)).toThrow(says);
  });
});

describe("the error about a contract file", () => {
  test.each([
    ["no JSON", "root:x:0:0", "contract-file-unreadable"],
    ["JSON of another kind", '{"version":"root:x:0:0"}', "contract-version-unsupported"],
    ["a contract without its fields", '{"version":1,"mesh":"root:x:0:0"}', "contract-invalid"],
  ])("with %s quotes none of it", (_what, text, code) => {
    writeFileSync(file, text);
    let error: UserError | undefined;
    try {
      readContractFile("north", file);
    } catch (e) {
      error = e as UserError;
    }
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error, error?.message, error?.stack, String(error?.cause)])).not.toContain("root");
  });
});

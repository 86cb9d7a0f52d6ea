import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../federation/errors/userError.ts";
import { writeErrorFile } from "../../../infra/errorFile.ts";
import { errorFileVariable } from "../../../workspace/errorFile.ts";

describe("the error file", () => {
  const folder = mkdtempSync(join(tmpdir(), "error-"));
  const file = join(folder, "error.json");
  const error = new UserError("role-invalid", { subject: "role", problem: "it is x", remedy: "Correct it" });
  afterEach(() => delete process.env[errorFileVariable]);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is not written when the variable is not set", () => {
    writeErrorFile(error);
    expect(existsSync(file)).toBe(false);
  });

  test("has the error as JSON", () => {
    process.env[errorFileVariable] = file;
    writeErrorFile(error);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ code: "role-invalid", subject: "role" });
  });
});

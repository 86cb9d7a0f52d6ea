import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { helm } from "../../../../plugins/kubernetes/charts/helm.ts";
import { withHelm } from "./stubHelm.ts";

const signal = new AbortController().signal;

describe("the files of a Helm run", () => {
  test("are private to the user and deleted when Helm ends", async () => {
    const call = {
      args: ["@values.yaml"],
      files: { "values.yaml": "password: hush" },
      kubeconfig: "token: hush",
      signal,
    };
    const [values, mode, kubeconfig] = (
      await withHelm('echo "$1"; stat -c %a "$1" "$KUBECONFIG" | tr "\\n" " "; echo; echo "$KUBECONFIG"', () =>
        helm(call),
      )
    ).split("\n");
    expect(mode!.trim()).toBe("600 600");
    for (const path of [values!, kubeconfig!]) expect(existsSync(dirname(path))).toBe(false);
    const failed = await withHelm('echo "$1" >&2; exit 1', () => helm(call)).catch((error: Error) => error.message);
    expect(existsSync(dirname(failed as string))).toBe(false);
  });

  test("of a killed plugin are deleted, and those of a running one kept", async () => {
    const dead = spawnSync("true").pid;
    const folders = { left: `${dead}-a`, fresh: `${dead}-b`, running: `${process.ppid}-c` };
    const paths = Object.fromEntries(
      Object.entries(folders).map(([name, end]) => [name, join(tmpdir(), `pulumi-helm-${end}`)]),
    );
    try {
      for (const [name, path] of Object.entries(paths)) {
        mkdirSync(path);
        writeFileSync(join(path, "values.yaml"), "password: hush");
        if (name !== "fresh") utimesSync(path, 1000, 1000);
      }
      await withHelm("true", () => helm({ args: [], signal }));
      expect(existsSync(paths["left"]!)).toBe(false);
      for (const name of ["fresh", "running"])
        expect(readFileSync(join(paths[name]!, "values.yaml"), "utf8")).toContain("hush");
    } finally {
      for (const path of Object.values(paths)) rmSync(path, { recursive: true, force: true });
    }
  });
});

import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { describeProcess, identityByPs, identityOf, isAlive, ownIdentity } from "../../../tools/processes.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

describe("the identity of a process", () => {
  test("includes its start time", () => {
    expect(isAlive(ownIdentity())).toBe(true);
    expect(isAlive({ pid: process.pid, start: "1" })).toBe(false);
  });

  test("is missing after its end", async () => {
    const child = spawn("true");
    const identity = identityOf(child.pid!) ?? { pid: child.pid!, start: "" };
    await new Promise((resolve) => child.on("close", resolve));
    expect(isAlive(identity)).toBe(false);
    expect(describeProcess(identity.pid)).toBeUndefined();
  });

  onLinux("is missing for a zombie", async () => {
    // A shell may take notice of an ended child at any moment, so the child ends only when the shell has become a
    // sleep, which never does.
    const parent = spawn("sh", ["-c", "cat <&3 >/dev/null & echo $!; exec sleep 60 3<&-"], {
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    const zombie = Number(await new Promise<Buffer>((resolve) => parent.stdout!.once("data", resolve)));
    await until(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8") === "sleep\n");
    expect(identityOf(zombie)).toBeDefined();
    (parent.stdio[3] as Writable).end();
    await until(() => identityOf(zombie) === undefined);
    expect(readFileSync(`/proc/${zombie}/stat`, "utf8")).toContain(" Z ");
    parent.kill("SIGKILL");
  });

  test("has name and start time, for any name", async () => {
    const dir = mkdtempSync(join(tmpdir(), "processes-"));
    const program = join(dir, "a) R (b");
    copyFileSync("/bin/sleep", program);
    const before = Date.now();
    const child = spawn(program, ["60"]);
    await new Promise((resolve) => child.once("spawn", resolve));
    const { name, started } = describeProcess(child.pid!)!;
    child.kill();
    rmSync(dir, { recursive: true });
    expect(name).toBe("a) R (b");
    expect(Math.abs(started - before)).toBeLessThan(10_000);
  });

  test("from ps has the same start time", async () => {
    const own = identityByPs(process.pid);
    expect(own).toEqual(identityByPs(process.pid));
    expect(Math.abs(Date.parse(own!.start) - (Date.now() - process.uptime() * 1000))).toBeLessThan(10_000);
    expect(identityByPs(2 ** 22 + 1)).toBeUndefined();
  });

  test.each([
    { system: "Linux", line: "S Wed Nov 25 12:36:40 2026", start: "Wed Nov 25 12:36:40 2026" },
    { system: "macOS", line: "Ss+  Wed Nov 25 12:36:40 2026    ", start: "Wed Nov 25 12:36:40 2026" },
    { system: "macOS, day first", line: "S    Wed 25 Nov 12:36:40 2026    ", start: "Wed 25 Nov 12:36:40 2026" },
    { system: "macOS, a zombie", line: "Z    Wed Nov 25 12:36:40 2026    ", start: undefined },
    { system: "no such process on any", line: "", start: undefined },
  ])("is read from ps: $system", ({ line, start }) => {
    const dir = mkdtempSync(join(tmpdir(), "ps-"));
    // Strict as POSIX is: all after a `=` is that one field's heading.
    writeFileSync(
      join(dir, "ps"),
      `#!/bin/sh\ncase "$*" in *=,*) echo ",lstart="; exit ;; "-o state= -o lstart= -p 77") echo "${line}" ;; *) ` +
        `exit 1 ;; esac\n`,
      { mode: 0o755 },
    );
    const path = process.env["PATH"];
    process.env["PATH"] = `${dir}:${path}`;
    try {
      const identity = identityByPs(77);
      expect(identity?.start).toBe(start);
      if (start) expect(Date.parse(identity!.start)).toBe(new Date(2026, 10, 25, 12, 36, 40).getTime());
    } finally {
      process.env["PATH"] = path;
      rmSync(dir, { recursive: true });
    }
  });
});

/** Waits until the condition holds, at most some seconds: what comes next says what is missing. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
}

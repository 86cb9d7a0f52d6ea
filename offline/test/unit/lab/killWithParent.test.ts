import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { killWithParent } from "../../../lab/killWithParent.ts";
import { identityOf } from "../../../../tools/processes.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

describe("a program of the lab", () => {
  onLinux("ends with its parent process, even when that is killed", async () => {
    const [command, ...args] = killWithParent("sleep", "60");
    const script =
      `const child = require("child_process").spawn(${JSON.stringify(command)}, ` +
      `${JSON.stringify(args)}, { detached: true, stdio: "ignore" }); console.log(child.pid); ` +
      "setInterval(() => {}, 1000)";
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once("data", resolve)));
    const name = () => readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    // until setpriv has become the program
    for (let tries = 0; name() !== "sleep" && tries < 500; tries++) await sleep(20);
    expect(name()).toBe("sleep");
    parent.kill("SIGKILL");
    for (let tries = 0; identityOf(pid) && tries < 500; tries++) await sleep(20);
    expect(identityOf(pid)).toBeUndefined();
  });
});

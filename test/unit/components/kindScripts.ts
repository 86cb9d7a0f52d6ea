import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const scripts = resolve(import.meta.dirname, "..", "..", "..", "components", "kind");

/*
 * A `kind` and a `docker` whose engine is a folder: a file per cluster, named after it, holding its node's id;
 * `stopped` beside it when the node stands still. Every call is written down.
 */
const fakeKind = `#!/bin/sh
echo "kind $*" >> "$ENGINE/calls"
[ ! -e "$ENGINE/absent" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
case "$1 $2" in
  "get clusters") ls "$ENGINE/clusters" ;;
  "delete cluster") rm -f "$ENGINE/clusters/$4" "$ENGINE/$4.stopped" ;;
  "create cluster")
    cat > "$ENGINE/config"
    [ -n "$KUBECONFIG" ] && echo "made" > "$KUBECONFIG"
    echo "$$" > "$ENGINE/clusters/$4"
    [ ! -e "$ENGINE/hang" ] || { touch "$ENGINE/hanging"; sleep 60; }
    [ ! -e "$ENGINE/fail" ] || { rm "$ENGINE/clusters/$4"; echo "no space left" >&2; exit 1; } ;;
  "export kubeconfig") [ ! -e "$ENGINE/$4.stopped" ] && [ ! -e "$ENGINE/$4.dead" ] ;;
  *) exit 9 ;;
esac
`;
const fakeDocker = `#!/bin/sh
echo "docker $*" >> "$ENGINE/calls"
[ ! -e "$ENGINE/absent" ] || exit 1
cluster=$(grep -lx -- "$2" "$ENGINE"/clusters/* 2>/dev/null | head -1); cluster=\${cluster##*/}
case "$1" in
  inspect)
    case "$3" in
      '{{.Id}}')
        cat "$ENGINE/clusters/\${4%-control-plane}" 2>/dev/null ||
          { echo "Error: No such object: $4" >&2; exit 1; } ;;
      '{{.State.Running}}')
        file=$(grep -lx -- "$4" "$ENGINE"/clusters/* 2>/dev/null) ||
          { echo "Error: No such object: $4" >&2; exit 1; }
        if [ -e "$ENGINE/\${file##*/}.stopped" ]; then echo false; else echo true; fi ;;
    esac ;;
  start) [ -z "$cluster" ] || rm -f "$ENGINE/$cluster.stopped" ;;
  ps) cat "$ENGINE/workers" 2>/dev/null || true ;;
  exec) [ ! -e "$ENGINE/$cluster.dead" ] ;;
  *) exit 9 ;;
esac
`;

export let dir: string;
export let engine: string;
export let clone: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kind-"));
  [engine, clone] = [join(dir, "engine"), join(dir, "clone")];
  for (const folder of [join(engine, "clusters"), join(dir, "bin"), join(dir, "tmp"), clone])
    mkdirSync(folder, { recursive: true });
  for (const [name, text] of [
    ["kind", fakeKind],
    ["docker", fakeDocker],
  ] as const) {
    writeFileSync(join(dir, "bin", name), text);
    chmodSync(join(dir, "bin", name), 0o755);
  }
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The directory of the marks, from the clone's. */
export const marks = join(".federation", "clusters");
export const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  PATH: `${join(dir, "bin")}:${process.env["PATH"]}`,
  ENGINE: engine,
  TMPDIR: join(dir, "tmp"),
  KUBECONFIG: join(dir, "user-kubeconfig"),
  CLUSTER: "east",
  MARKS: marks,
  START_NODES: readFileSync(join(scripts, "start.sh"), "utf8"),
  ...more,
});

/** Runs a script in the clone, as a Command does. */
export function script(name: "create" | "delete" | "start", more: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    "sh",
    [join(scripts, `${name}.sh`), ...(name === "start" ? [marks] : [])],
    {
      cwd: clone,
      env: environment(more),
      encoding: "utf8",
      input: "kind: Cluster\n",
      timeout: 30_000,
    },
  );
  return { status, stdout, stderr };
}
export const create = (identity = "east-1") => script("create", { IDENTITY: identity });
export const clusters = (): string[] => readdirSync(join(engine, "clusters")).sort();
export const node = (cluster = "east"): string => readFileSync(join(engine, "clusters", cluster), "utf8").trim();
export const calls = (pattern: RegExp): string[] =>
  existsSync(join(engine, "calls"))
    ? readFileSync(join(engine, "calls"), "utf8")
        .split("\n")
        .filter((line) => pattern.test(line))
    : [];
export const engineIs = (...what: string[]): void => what.forEach((name) => writeFileSync(join(engine, name), ""));
export const mark = (cluster = "east"): string => join(clone, ".federation", "clusters", cluster);
export const foreign = (cluster = "east", id = "theirs"): void =>
  writeFileSync(join(engine, "clusters", cluster), `${id}\n`);

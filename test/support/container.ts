import { spawn } from "node:child_process";
import { join } from "node:path";

const folder = join(import.meta.dirname, "container");
const image = "mesh-federation-tests";

/** `here` or `container` forces where the tests run; inside of the container it is `here`. */
export const placeVariable = "MESH_FEDERATION_TESTS_IN";
/** Names an image to use instead of the one that is built: Debian on x86-64 with Go and npm, e.g. from a company's mirror. */
export const imageVariable = "MESH_FEDERATION_TEST_IMAGE";

/** What a run in a container is made from. */
export interface ContainerTests {
  /** The working tree. */
  root: string;
  /** Tiers, and options for Jest. */
  args: string[];
  image: string;
  /** Whether somebody watches, who may interrupt. */
  terminal: boolean;
  env: Record<string, string | undefined>;
}

/**
 * Arguments of `docker` for a run of the tests in a container. It is privileged, since the lab makes namespaces, mounts
 * and control groups in it; the machine's own containers and clusters are out of its reach.
 */
export function containerArguments({ root, args, image: name, terminal, env }: ContainerTests): string[] {
  const passed = [
    "CI",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "GOPROXY",
    "GONOSUMDB",
    "npm_config_registry",
    "PIP_INDEX_URL",
  ];
  return [
    "run",
    "--rm",
    "--init",
    ...(terminal ? ["--tty"] : []),
    "--privileged",
    "--cgroupns",
    "private",
    "--platform",
    "linux/amd64",
    "--volume",
    `${root}:/clone:ro`,
    "--volume",
    "mesh-federation-tests:/work",
    "--env",
    `${placeVariable}=here`,
    "--env",
    "MESH_FEDERATION_SOURCE=registry",
    ...passed.filter((key) => env[key] !== undefined).flatMap((key) => ["--env", key]),
    name,
    "/clone/test/support/container/start.sh",
    ...args,
  ];
}

/** Builds the image where none is given, runs the tests in a container and resolves to their exit code. */
export async function runInContainer(root: string, args: string[]): Promise<number> {
  const given = process.env[imageVariable];
  if (!given) {
    const built = await docker(["build", "--platform", "linux/amd64", "--tag", image, folder]);
    if (built !== 0)
      throw new Error(
        `docker could not build the image of the tests (exit code ${built}); ${imageVariable} can name one that exists: Debian on x86-64 with Go and npm`,
      );
  }
  return docker(
    containerArguments({
      root,
      args,
      image: given || image,
      terminal: process.stdout.isTTY === true,
      env: process.env,
    }),
  );
}

function docker(args: string[]): Promise<number> {
  const child = spawn("docker", args, { stdio: "inherit" });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", (code) => resolve(code ?? 1)));
}

import { spawn } from "node:child_process";
import { join } from "node:path";

const folder = join(import.meta.dirname, "container");
const image = "mesh-federation-tests";

/** Forces where the tests run: `here` or `container`. In the container it is `here`. */
export const locationVariable = "MESH_FEDERATION_TESTS_IN";
/** Image to use instead of a built one, such as a mirror's: Debian on x86-64 with Go and npm. */
export const imageVariable = "MESH_FEDERATION_TEST_IMAGE";

/** Variables of the machine that the container gets. */
const passed = [
  ...["CI", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"],
  ...["GOPROXY", "GONOSUMDB", "npm_config_registry", "PIP_INDEX_URL"],
];

/** Arguments of {@link containerArguments}. */
export interface ContainerTests {
  /** The working tree. */
  root: string;
  /** Tiers and options for Jest. */
  args: string[];
  image: string;
  /** Whether the run has a terminal, so that Ctrl+C reaches it. */
  terminal: boolean;
  env: Record<string, string | undefined>;
}

/**
 * Arguments of `docker` for a test run in a container. The container is privileged because the lab creates namespaces,
 * mounts and control groups in it. It has no access to the machine's own containers and clusters.
 */
export function containerArguments({ root, args, image: name, terminal, env }: ContainerTests): string[] {
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
    `${locationVariable}=here`,
    "--env",
    "MESH_FEDERATION_SOURCE=registry",
    ...passed.filter((key) => env[key] !== undefined).flatMap((key) => ["--env", key]),
    name,
    "/clone/test/support/container/start.sh",
    ...args,
  ];
}

/** Builds the image unless one is given, runs the tests in a container and resolves to their exit code. */
export async function runInContainer(root: string, args: string[]): Promise<number> {
  const given = process.env[imageVariable];
  if (!given) {
    const built = await docker(["build", "--platform", "linux/amd64", "--tag", image, folder]);
    if (built !== 0)
      throw new Error(
        `docker build of the test image exited with code ${built}. ` +
          `${imageVariable} can name an existing image: Debian on x86-64 with Go and npm`,
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

import { join } from "node:path";
import { goHost, pythonHost, sdkGenerator, yamlHost } from "../../offline/builds/languages.ts";
import { fileHash, type Artifact } from "../../tools/artifact.ts";

const requirements = join(import.meta.dirname, "python", "requirements.txt");

/** Pulumi's SDK for Python with all its imports, as one folder for PYTHONPATH: for the Python of this machine. */
const pythonSdk: Artifact = {
  name: "python-pulumi",
  inputs: { requirements: fileHash(requirements) },
  expectedSeconds: 20,
  async build({ dir, run }) {
    const options = ["--no-compile", "--root-user-action=ignore", "--only-binary=:all:", "--no-deps"];
    await run("pip3", ["install", ...options, "--target", join(dir, "site"), "-r", requirements]);
  },
};

/** What programs in YAML need. */
export const languageHosts = [{ program: "pulumi-language-yaml", artifact: yamlHost }];

/** What programs in Python and Go need: language hosts, a generator of SDKs, and Pulumi's SDK for Python. */
export const generatedSdkHosts = [
  { program: "pulumi-language-go", artifact: goHost },
  { program: "pulumi-language-python", artifact: pythonHost },
  { program: "pulumi-language-python-exec", artifact: pythonHost },
  { program: "sdks", artifact: sdkGenerator },
  { program: "site", artifact: pythonSdk },
];

/**
 * Engine tests that `npm run test:soak` runs: their hosts and SDKs take minutes to build. A release of Pulumi brings
 * other hosts.
 */
export const soakEngineTests = ["test/engine/languages/generatedSdks.test.ts"];

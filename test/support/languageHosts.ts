import { join } from "node:path";
import { goArtifact } from "../../offline/builds/goArtifact.ts";

const folder = join(import.meta.dirname, "go");

/** Language hosts of programs that use the components from other languages. A release of Pulumi has them. */
export const languageHosts = [
  {
    program: "pulumi-language-yaml",
    artifact: goArtifact({
      name: "pulumi-language-yaml",
      module: join(folder, "language-yaml"),
      programs: [{ package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml" }],
      expectedSeconds: 75,
    }),
  },
];

import { homedir } from "node:os";
import { sep } from "node:path";
import { stringify } from "yaml";
import type { ProjectConfig } from "../federation/adopt/initialProject.ts";
import { library, packageVersions } from "./packageVersions.ts";
import { jsonFile, stackFile } from "./projectFiles.ts";

/** Name of the project that `init` writes, which is the prefix of its configuration keys. */
const projectName = "federated-meshes";

/** The lines for a gateway, for a project one of whose meshes has none. */
const gatewayLines = `const gateway = config.getObject<EastWestGatewayArgs>("gateway");
if (gateway) settings.gatewayAddresses = new EastWestGateway("gateway", gateway, { provider }).addresses;
`;

/** The program of both stacks. It differs only in whether a stack may make a gateway. */
const program = (
  makesGateway: boolean,
): string => `// One stack for each mesh. Its stack file says what the mesh is, what it exports and what it imports.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as pulumi from "@pulumi/pulumi";
${named([
  ...(makesGateway ? ["EastWestGateway", "type EastWestGatewayArgs"] : []),
  ...["ExistingCluster", "FederatedImport", "type FederatedImportArgs", "FederatedMesh", "type FederatedMeshArgs"],
  "federationOf",
])}
const config = new pulumi.Config();
const kubeconfig = readFileSync(config.require("kubeconfigPath").replace(/^~(?=\\/)/, homedir()), "utf8");
const { provider } = new ExistingCluster("cluster", { kubeconfig, context: config.get("context") });

const settings = config.requireObject<FederatedMeshArgs>("mesh");
${makesGateway ? gatewayLines : ""}const mesh = new FederatedMesh("mesh", settings, { provider });

/** An import in the stack file: \`from\` is the stack of the mesh that exports it. */
type Import = Omit<FederatedImportArgs, "mesh" | "from" | "exportName"> & { from: string };
const imports = config.getObject<Record<string, Import>>("imports") ?? {};
for (const [exportName, { from, ...others }] of Object.entries(imports)) {
  const peer = new pulumi.StackReference(\`\${pulumi.getOrganization()}/\${pulumi.getProject()}/\${from}\`);
  const args = { ...others, exportName, mesh: mesh.description, from: { [from]: federationOf(peer) } };
  new FederatedImport(\`\${from}-\${exportName}\`, args, { provider });
}

// What the stacks of other meshes read.
export const federation = mesh.contract;
`;

function named(names: readonly string[]): string {
  return `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "${library.name}";\n`;
}

/**
 * The files of a project with a stack for each mesh, by path.
 * @param source what npm installs the library from; default: its version in the registry
 */
export function initialProject(
  stacks: Readonly<Record<string, ProjectConfig>>,
  source: string = library.version,
): Record<string, string> {
  const { typescript, "@types/node": nodeTypes, ...pulumiPackages } = packageVersions;
  const makesGateway = Object.values(stacks).some(({ gateway }) => gateway !== undefined);
  return {
    "Pulumi.yaml": stringify({
      name: projectName,
      description: "Meshes that use each other's services",
      runtime: { name: "nodejs", options: { packagemanager: "npm" } },
    }),
    "package.json": jsonFile({
      name: projectName,
      private: true,
      main: "index.ts",
      dependencies: { ...pulumiPackages, [library.name]: source },
      devDependencies: { "@types/node": nodeTypes, typescript },
    }),
    "tsconfig.json": jsonFile({
      compilerOptions: {
        ...{ target: "es2022", module: "nodenext", strict: true, skipLibCheck: true, types: ["node"] },
      },
      files: ["index.ts"],
    }),
    ".gitignore": "node_modules/\n",
    "index.ts": program(makesGateway),
    ...Object.fromEntries(
      Object.entries(stacks).map(([name, config]) => [`Pulumi.${name}.yaml`, stackFile(projectName, portable(config))]),
    ),
  };
}

/** Paths below the home of this user are below the homes of others, too. */
function portable(config: ProjectConfig): ProjectConfig {
  const home = `${homedir()}${sep}`;
  const { kubeconfigPath: path } = config;
  return { ...config, kubeconfigPath: path.startsWith(home) ? `~/${path.slice(home.length)}` : path };
}

import { stringify } from "yaml";
import type { AdoptedObject } from "../federation/adopt/classify.ts";
import { objectId } from "../federation/adopt/handMade.ts";
import type { ClusterAccess } from "../federation/adopt/proposal.ts";
import { packageVersions } from "./packageVersions.ts";
import { jsonFile, stackFile } from "./projectFiles.ts";

/** Name of the project that `adopt` writes, which is the prefix of its configuration keys. */
const projectName = "adopted-federation";

/**
 * The program. An import compares what the program says with what the plugin reads. Of a custom kind the official
 * plugin reads only name and namespace, so that every other field would be a difference, and the engine would update
 * the object, or refuse; those fields are ignored until the object is managed.
 * https://github.com/pulumi/pulumi-kubernetes/blob/010f5d8e95e3/provider/pkg/provider/provider.go (Read)
 */
const program = `// Knows the objects of a federation that was made by hand, as they are. ADOPT.md tells what they are.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const manage = config.getObject("manage") ?? [];
const objects = JSON.parse(readFileSync(new URL(\`adopted/\${pulumi.getStack()}.json\`, import.meta.url), "utf8"));
const kubeconfig = readFileSync(config.require("kubeconfigPath").replace(/^~(?=\\/)/, homedir()), "utf8");
const provider = new k8s.Provider("cluster", {
  kubeconfig: pulumi.secret(kubeconfig),
  context: config.get("context"),
  clusterIdentifier: pulumi.getStack(),
  enableServerSideApply: true,
});
for (const [name, object] of Object.entries(objects)) {
  const isManaged = manage.includes("*") || manage.includes(name);
  new k8s.apiextensions.CustomResource(name, object, {
    provider,
    import: \`\${object.metadata.namespace}/\${object.metadata.name}\`,
    // Nothing here deletes an object, neither \`destroy\` nor a line less.
    retainOnDelete: true,
    ignoreChanges: isManaged ? [] : ["spec", "metadata.labels", "metadata.annotations", "metadata.finalizers"],
  });
}
`;

const packages = ["@pulumi/kubernetes", "@pulumi/pulumi"] as const;

/** The files of a project that knows objects as they are, by path. The stack has the mesh's name. */
export function adoptedProject(
  mesh: string,
  objects: readonly AdoptedObject[],
  { kubeconfigPath, context }: ClusterAccess,
): Record<string, string> {
  const config = { kubeconfigPath, ...(context ? { context } : {}) };
  return {
    "Pulumi.yaml": stringify({
      name: projectName,
      description: "Objects of a federation that was made by hand",
      runtime: { name: "nodejs", options: { typescript: false, packagemanager: "npm" } },
    }),
    "package.json": jsonFile({
      name: projectName,
      private: true,
      type: "module",
      main: "index.js",
      dependencies: Object.fromEntries(packages.map((name) => [name, packageVersions[name]])),
    }),
    "index.js": program,
    [`Pulumi.${mesh}.yaml`]: stackFile(projectName, config),
    [`adopted/${mesh}.json`]: jsonFile(
      Object.fromEntries(objects.map(({ object }) => [objectId(object), manifest(object)])),
    ),
  };
}

/** Annotations that keep book of an object. Nobody asks for them. */
const notes = ["kubectl.kubernetes.io/last-applied-configuration"];

/** An object as a program asks for it. */
function manifest({ apiVersion, kind, namespace, name, labels, annotations, spec }: AdoptedObject["object"]) {
  const kept = Object.entries(annotations).filter(([key]) => !notes.includes(key));
  return {
    apiVersion,
    kind,
    metadata: {
      ...{ name, namespace },
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {}),
    },
    spec,
  };
}

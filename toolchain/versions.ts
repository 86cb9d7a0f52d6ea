import packageJson from "../package.json" with { type: "json" };

const dependencies: Record<string, string> = packageJson.dependencies;

/** Versions of the tools; those of the plugins are the versions of their packages. */
export const pinned = {
  pulumi: "3.259.0",
  kind: "0.33.0",
  plugins: {
    kubernetes: dependencies["@pulumi/kubernetes"]!,
    tls: dependencies["@pulumi/tls"]!,
    command: dependencies["@pulumi/command"]!,
  },
};

import packageJson from "../package.json" with { type: "json" };

const dependencies: Record<string, string> = packageJson.dependencies;

/** Versions of the tools; those of the plugins are the versions of their packages. */
export const pinned = {
  pulumi: "3.259.0",
  kind: "0.33.0",
  /** Kubernetes of the bare API server that tests run against, where it is downloaded: of the lab's minor. */
  envtest: "1.34.1",
  /** What checks and runs the workflows in tests; built from test/support/go, where it is not downloaded. */
  actionlint: "1.7.12",
  act: "0.2.89",
  plugins: {
    kubernetes: dependencies["@pulumi/kubernetes"]!,
    tls: dependencies["@pulumi/tls"]!,
    command: dependencies["@pulumi/command"]!,
  },
};

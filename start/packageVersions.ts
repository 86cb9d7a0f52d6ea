/** Versions of packages that written projects ask for: those with which this project is tested, and compatible ones. */
export const packageVersions = {
  "@pulumi/command": "^1.2.1",
  "@pulumi/kubernetes": "^4.34.2",
  "@pulumi/pulumi": "^3.270.0",
  "@pulumi/tls": "^5.6.1",
  "@types/node": "^24.19.2",
  typescript: "^5.9.3",
} as const;

/** The npm package of the components, and its version. */
export const library = { name: "pulumi-mesh-federation", version: "^0.1.0" } as const;

/** One project per tier; `test/run.ts` picks them and prints the closing line. */
const transform = {
  "^.+\\.ts$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2024" }, module: { type: "commonjs" } },
  ],
};
const tier = (name, extra = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`, `<rootDir>/offline/test/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform,
  setupFilesAfterEnv: ["<rootDir>/test/support/timeout.ts"],
  transformIgnorePatterns: [
    "/node_modules/(?!(@kubernetes/client-node|jsonpath-plus|openid-client|oauth4webapi|jose)/)",
  ],
  ...extra,
});
export default { projects: [tier("unit"), tier("engine"), tier("e2e")] };

import pulumi from "@pulumi/eslint-plugin";
import importX, { createNodeResolver } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";

/**
 * Which folders a folder may import from, besides itself. A folder that is missing here is free (tests).
 * docs/architecture.md says why.
 */
const layers = {
  federation: [],
  components: ["federation"],
  provider: ["federation", "components"],
  kube: ["federation"],
  tools: ["federation", "offline"],
  workspace: ["federation", "kube", "tools"],
  infra: ["federation", "components", "kube", "workspace"],
  deploy: ["federation", "kube", "tools", "workspace"],
  start: ["federation", "kube"],
  verify: ["federation", "kube", "tools", "workspace"],
  trust: ["federation", "kube", "tools", "workspace", "verify"],
  status: ["federation", "kube", "tools", "workspace", "verify"],
  policy: [],
  review: ["federation", "kube", "tools", "workspace", "status", "policy", "deploy"],
  render: ["federation", "tools", "workspace", "review"],
  cli: ["federation", "kube", "tools", "workspace", "deploy", "verify", "trust", "status", "review", "render", "start"],
};
const folders = [...Object.keys(layers), "offline", "bench", "test"];

const zones = Object.entries(layers).map(([target, allowed]) => ({
  target: `./${target}/**/*.ts`,
  from: folders.filter((folder) => folder !== target && !allowed.includes(folder)).map((folder) => `./${folder}/**/*`),
  message: `${target}/ may import from ${["itself", ...allowed].join(", ")}.`,
}));

/** The folders of the npm package. The program uses them as any other program does: by the package's public names. */
const publicOnly = ["components", "federation"].map((folder) => ({
  target: "./infra/**/*.ts",
  from: `./${folder}`,
  except: ["./index.ts"],
  message: `infra/ imports ${folder}/ by ${folder}/index.ts, which has the public names of the package.`,
}));

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      ".federation",
      "docs/api",
      "dist",
      "**/node_modules",
      "test/engine/review/support/runner",
      "policy/main.cjs",
      "provider/main.cjs",
    ],
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "@pulumi": pulumi, "import-x": importX },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".js", ".json"] })],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
    },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones: [...zones, ...publicOnly] }],
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "max-lines": ["error", { max: 250 }],
      "max-lines-per-function": ["error", { max: 60, IIFEs: true }],
      "max-len": ["error", { code: 120, ignoreUrls: true, ignoreRegExpLiterals: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  // A describe block holds the tests of one subject; each test in it is a function of its own.
  { files: ["**/test/**/*.ts"], rules: { "max-lines-per-function": ["error", { max: 200 }] } },
);

// The Node host of policy packs compiles TypeScript by itself, with settings of its own; Node needs no compiler for it.
module.exports = import("./index.ts");

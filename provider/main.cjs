// The Node host of plugins compiles TypeScript by itself, with settings of its own; Node needs no compiler for it.
require("../tools/checkNode.cjs");
module.exports = import("./main.ts");

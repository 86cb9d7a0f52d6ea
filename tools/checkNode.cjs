"use strict";

/*
 * Preloaded by every npm script that runs TypeScript (`node -r`): ends a Node.js that is too old with a message, before
 * it fails on the first file. It has to be parsed by such a version, so it keeps to old syntax.
 */
var needed = require("../package.json").engines.node.replace(/^>=\s*/, "");
var found = process.versions.node;

function isOlder(version, than) {
  var given = version.split(".").map(Number);
  var least = than.split(".").map(Number);
  return given[0] !== least[0] ? given[0] < least[0] : given[1] < least[1];
}

if (isOlder(found, needed)) {
  var problem = "version " + found + " (" + process.execPath + ") is too old, " + needed + " or later is needed";
  var remedy =
    "Install it (https://nodejs.org), or run `npm ci` without --ignore-scripts and --omit=optional, " +
    "which installs a suitable one in node_modules";
  process.stderr.write("error: Node.js: " + problem + ". " + remedy + ". [" + "node-too-old" + "]\n");
  process.exit(1);
}

import type { CatalogueEntry } from "./index.ts";

/** Codes of arguments, of the state and its backend, and of a federation that does not come up. */
const commands = {
  "arguments-invalid": {
    title: "An option or argument of a command is not valid.",
    page: "The message names it and what is allowed. `--help` prints the usage. The exit code is 2.",
  },
  "mesh-unknown": {
    title: "A command names a mesh that no stack file declares.",
    page: "The message lists the meshes of `stacks/`. The exit code is 2.",
  },
  "stack-unknown": {
    title: "A command names a stack without a stack file.",
    page: "Create `stacks/Pulumi.<stack>.yaml`, or correct the name.",
  },
  "out-folder-not-empty": {
    title: "A command is to write into a folder that has files.",
    page: "`adopt` and `init` overwrite nothing. Give `--out` a folder that is empty or does not exist.",
  },
  "init-answer-missing": {
    title: "`init` cannot read something from the clusters, and may not ask.",
    page: "The details name each value with its option. Give the options, or run it on a terminal without `--yes`.",
  },
  "init-preview-failed": {
    title: "`init` has written a project, and a command in it failed.",
    page:
      "Its output is above the message: npm cannot install the packages, nobody is logged in to a Pulumi backend, or " +
      "the preview refuses something. Nothing is lost: correct it, and run the commands yourself in the folder.",
  },
  "stack-files-edited": {
    title: "An example would overwrite edits in `stacks/`.",
    page:
      "`--example` replaces the files in `stacks/` only while each of them is that of an example. Move your own " +
      "files elsewhere, or work without an example: copy its files from `examples/` by hand.",
  },
  "example-deployed": {
    title: "Stacks of other files than the example's are up.",
    page: "An example has the same mesh names as the default. Run `npm run down` first.",
  },
  "example-of-other-backend": {
    title: "An example is for a state in this clone.",
    page: "In another backend it is unknown which stacks are up. Copy the files from `examples/` to `stacks/` by hand.",
  },
  "engine-log-invalid": {
    title: "MESH_FEDERATION_ENGINE_LOG has a value that is not allowed.",
    page: "Set it to `1` to keep Pulumi's own log of each command, or do not set it.",
  },
  "backend-setting-invalid": {
    title: "MESH_FEDERATION_BACKEND has a value that is not allowed.",
    page: "Set it to `required` or `none`, or do not set it.",
  },
  "backend-required": {
    title: "A CI job requires a backend, but none is set.",
    page: "The state would be lost with the clone. Set `PULUMI_BACKEND_URL` for the job; docs/ci.md says where.",
  },
  "backend-none": {
    title: "A command needs a backend, but the job runs without one.",
    page: "`MESH_FEDERATION_BACKEND` is `none`, as for a pull request that gets no secrets. Only a review works so.",
  },
  "docker-unavailable": {
    title: "The docker engine does not answer.",
    page: "KinD clusters need it. Start docker, use existing clusters, or use `--source registry` on Debian as root.",
  },
  "stack-state-unreadable": {
    title: "The state of a stack in this clone cannot be read.",
    page: "The file is not JSON. Beside it is a copy from before its last change, which Pulumi writes.",
  },
  "contract-unpublished": {
    title: "A mesh has published no contract yet.",
    page: "The stack of the mesh has no outputs. Bring it up first.",
  },
  "contract-file-unreadable": {
    title: "The contract file of a peer cannot be read.",
    page: "The file of `peers.<name>.file` is missing or not JSON. The peer's owner writes it: `npm run contract`.",
  },
  "contract-of-other-mesh": {
    title: "A peer publishes the contract of another mesh.",
    page: "The key below `peers` must be the name of the mesh in the contract.",
  },
  "stack-file-invalid": {
    title: "A stack file is not valid YAML.",
    page: "The message has the line that cannot be parsed. Correct the file.",
  },
  "artifact-sources-unreadable": {
    title: "The file with the charts and images of the lab cannot be read.",
    page: "`npm run up` writes it again. Unset `MESH_FEDERATION_SOURCES` to use the official releases.",
  },
  "pulumi-failed": {
    title: "A Pulumi operation on a stack failed.",
    page:
      "The message has Pulumi's diagnostics and the path of the log. Errors of the program have codes of their " +
      "own, in the diagnostics. Correct the cause and run the command again.",
  },
  "up-failed": {
    title: "Stacks of the federation did not come up.",
    page: "The details have the error of each stack. Correct the cause and run `npm run up` again.",
  },
  "imports-still-pending": {
    title: "Imports are still pending after every mesh is up.",
    page: "The details name each import and the reason. Correct the export of the peer, or remove the import.",
  },
  "verification-failed": {
    title: "The federation is up, but a call through an import failed.",
    page: "The report above the message names the failed hop. `npm run verify` runs the calls again.",
  },
} satisfies Record<string, CatalogueEntry>;

/** Codes of the tools, where they come from, and their downloads. */
const tools = {
  "node-too-old": {
    title: "The installed Node.js is too old to run TypeScript.",
    page:
      "The message has the found version and the needed one. Install a newer Node.js, or run `npm ci` without " +
      "`--ignore-scripts` and `--omit=optional`: it installs a suitable one in `node_modules`.",
  },
  "source-invalid": {
    title: "The source of the tools is neither release nor registry.",
    page: "`--source` and `MESH_FEDERATION_SOURCE` take `release` (official downloads) or `registry` (builds).",
  },
  "source-conflict": {
    title: "Another source is requested than the one with which the stacks came up.",
    page: "Clusters are handled with the tools that created them. Run `npm run down` first.",
  },
  "release-host-unreachable": {
    title: "A host of the official releases does not answer, and others do.",
    page:
      "A warning. The source stays `release`; what comes from that host is missing. The message names what that is, " +
      "and the key or variable by which it comes from elsewhere; see docs/machines.md. Only where no host of the " +
      "releases answers is the source `registry`.",
  },
  "machine-unsupported": {
    title: "A tool is not published for this machine.",
    page: "Official tools exist for Linux and macOS on amd64 and arm64, some for Linux only.",
  },
  "mirror-invalid": {
    title: "The mirror of the release files is not an https URL.",
    page:
      "Set `MESH_FEDERATION_RELEASES_URL` to a URL that starts with https://. Only for this machine " +
      "(localhost, 127.0.0.0/8, ::1) it may start with http://.",
  },
  "download-failed": {
    title: "A release file or its list of checksums cannot be downloaded.",
    page: "Check the connection, `HTTPS_PROXY` and `NODE_EXTRA_CA_CERTS`, or use `--source registry`.",
  },
  "checksum-missing": {
    title: "The publisher's list has no checksum of a release file.",
    page: "A proxy may have replaced the list by a page of its own. The file is not downloaded.",
  },
  "checksum-unconfirmed": {
    title: "A mirror has a release file, but no trusted source has its checksum.",
    page:
      "No lock records the file, and the publisher's list is unreachable. A mirror is not asked for the checksum of " +
      "its own file. Record the file where the publisher is reachable, and commit `tools/releases.lock.json`.",
  },
  "checksum-mismatch": {
    title: "A downloaded file differs from its publisher's checksum.",
    page: "The file is deleted. Run the command again. If it fails again, a proxy or mirror changes the file.",
  },
  "release-changed": {
    title: "A release file differs from the checksum that was recorded for it.",
    page: "Do not trust a release that changes. Remove the recorded entry only if you know the reason.",
  },
  "release-unlocked": {
    title: "A CI job needs a release file that the committed record of checksums does not name.",
    page:
      "With `CI=true` only recorded files are used. Run `npm run up -- --source release` and `npm run lock:releases` " +
      "on a developer's machine of the same system, and commit `tools/releases.lock.json`.",
  },
  "release-lock-conflict": {
    title: "The committed record of checksums and the clone's own differ.",
    page: "Find out which checksum is right. Delete what the clone downloaded if the committed one is.",
  },
  "release-lock-unreadable": {
    title: "A record of checksums cannot be read.",
    page: "Restore `tools/releases.lock.json` with git, or delete `.federation/releases.lock.json`.",
  },
  "cached-tool-changed": {
    title: "A cached tool was made from another file than the recorded one.",
    page: "The tool is not used. Delete its folder in the tool cache; the next run downloads and checks it again.",
  },
  "release-layout-unknown": {
    title: "A release archive does not contain an expected program.",
    page: "The publisher changed the layout of the archive. Use the version that this project pins.",
  },
  "tool-build-failed": {
    title: "A tool could not be built or downloaded.",
    page: "Run the same command again to resume. Finished parts stay in the tool cache. The message has the reason.",
  },
} satisfies Record<string, CatalogueEntry>;

/** Codes of commands, tools and state. */
export const workspace = { ...commands, ...tools };

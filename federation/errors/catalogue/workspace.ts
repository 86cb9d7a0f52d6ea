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
const tools = {} satisfies Record<string, CatalogueEntry>;

/** Codes of commands, tools and state. */
export const workspace = { ...commands, ...tools };

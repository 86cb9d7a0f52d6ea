import type { CatalogueEntry } from "./index.ts";

/** Codes of `npm run render`, and of folders that it has written. */
export const render = {
  "render-refused": {
    title: "Manifests cannot be rendered as configured, so nothing is written.",
    page: "Each detail names the stack, and has a code of its own. Correct them and render again.",
  },
  "render-address-unknown": {
    title: "The address of a managed gateway is known to its cluster alone.",
    page:
      "Its load balancer assigns the address, and `npm run render` reads no cluster. Set `gateway.addresses` in the " +
      "stack file, or give the contract that the mesh publishes now: `--contracts DIR`.",
  },
  "render-roots-unknown": {
    title: "Roots are pinned between two meshes, and those of one of them are not known without its cluster.",
    page:
      "`npm run render` reads no cluster and no state. Give the roots as a file (`ca.rootFile` of an external CA, " +
      "`ca.certificateFile` of a signed one), or give the contract that the mesh publishes now: `--contracts DIR`.",
  },
  "render-contract-unreadable": {
    title: "A contract in the folder of `--contracts` cannot be used.",
    page: "The file `<mesh>.json` is not JSON, or not the contract of that mesh. `npm run contract` writes it.",
  },
  "render-folder-missing": {
    title: "A folder that a command is to read does not exist, or is none that `npm run render` has written.",
    page: "Each mesh has a folder in it with a file `.rendered.json`. Correct the path, or render first.",
  },
  "rendered-unreadable": {
    title: "A file that `npm run render` has written cannot be read.",
    page:
      "It is missing, or was changed so that it is no manifest or contract any more. Restore it with git. To start " +
      "anew, delete the mesh's folder and render again; a quarantine then forgets trust domains that it has denied.",
  },
  "render-file-foreign": {
    title: "A file that `npm run render` has not written is where it would write.",
    page:
      "Only files in the list `.rendered.json` of a mesh's folder are overwritten or deleted. Move the file, or " +
      "render to another folder.",
  },
} satisfies Record<string, CatalogueEntry>;

import { isMap, isScalar, isSeq, parseDocument, stringify, type Document } from "yaml";
import { configPrefix } from "../federation/config/declaredMesh.ts";
import { UserError } from "../federation/errors/userError.ts";

const peersPath = ["config", `${configPrefix}peers`];

/**
 * A stack file with a root of a peer pinned; undefined where the peer has a pin already. Comments stay.
 * @param file its path, for the error
 * @throws UserError `stack-file-invalid` where the peers are no plain mappings, into which nothing can be written
 */
export function withPin(text: string, peer: string, root: string, file = "the stack file"): string | undefined {
  const document = parseDocument(text);
  const path = [...peersPath, peer, "roots"];
  const blocking = path.slice(0, -1).findIndex((_, i) => !isEditable(document, path.slice(0, i + 1)));
  if (document.errors.length > 0 || blocking >= 0)
    throw new UserError("stack-file-invalid", {
      subject: file,
      problem:
        document.errors.length > 0
          ? "is not valid YAML, so no root can be pinned in it"
          : `${path.slice(0, blocking + 1).join(".")} is no plain mapping, so no root can be pinned in it`,
      remedy: `Write it as a mapping, with these lines below \`config\`:\n${pinLines(peer, root)}`,
    });
  if (hasItems(document, path)) return undefined;
  document.setIn(path, [root]);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Whether a part of a document is a mapping, or absent. An alias is neither: it stands elsewhere too. */
function isEditable(document: Document, path: string[]): boolean {
  const found = document.getIn(path, true);
  return found === undefined || isMap(found);
}

function pinLines(peer: string, root: string): string {
  return stringify({ [peersPath[1]!]: { [peer]: { roots: [root] } } }).trimEnd();
}

function hasItems(document: Document, path: string[]): boolean {
  const found = document.getIn(path) as { items?: unknown[] } | null | undefined;
  return found !== undefined && found !== null && !isMap(found) && (found.items?.length ?? 1) > 0;
}

/** The peer for which a stack file pins a root; undefined where it pins the root for none. */
export function pinnedFor(text: string, root: string): string | undefined {
  const peers = parseDocument(text).getIn(peersPath);
  const items = isMap(peers) ? peers.items : [];
  const found = items.find(({ value }) => {
    const roots = isMap(value) ? value.get("roots") : undefined;
    return isSeq(roots) && roots.items.some((item) => isScalar(item) && item.value === root);
  });
  return found && String(found.key);
}

/** The first root that a stack file pins of each peer, in its order; none in a text that is no stack file. */
export function pinsIn(text: string): { peer: string; root: string }[] {
  const document = parseDocument(text);
  const peers = document.errors.length > 0 ? undefined : document.getIn(peersPath);
  if (!isMap(peers)) return [];
  return peers.items.flatMap(({ key, value }) => {
    const roots = isMap(value) ? value.get("roots") : undefined;
    const root = isSeq(roots) ? roots.get(0) : undefined;
    return typeof root === "string" ? [{ peer: String(key), root }] : [];
  });
}

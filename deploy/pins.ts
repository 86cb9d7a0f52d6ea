import { isMap, isSeq, parseDocument, type Document } from "yaml";
import { configPrefix } from "../federation/config/declaredMesh.ts";

const peersPath = ["config", `${configPrefix}peers`];

/** A stack file with a root of a peer pinned; undefined where the peer has a pin already. Comments stay. */
export function withPin(text: string, peer: string, root: string): string | undefined {
  const document = parseDocument(text);
  const path = [...peersPath, peer, "roots"];
  if (hasItems(document, path)) return undefined;
  document.setIn(path, [root]);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function hasItems(document: Document, path: string[]): boolean {
  const found = document.getIn(path) as { items?: unknown[] } | undefined;
  return found !== undefined && !isMap(found) && (found.items?.length ?? 1) > 0;
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

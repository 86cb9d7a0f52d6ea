/** What a server's proxy says of one connection: keys in lower case, and their values in the order given. */
export type ForwardedElement = ReadonlyMap<string, readonly string[]>;

/** Most characters that are read: Envoy's own limit of all headers of a request is 60 KiB. */
const maxCharacters = 64 * 1024;

/**
 * The last element of an X-Forwarded-Client-Cert header: the one that the proxy of the server wrote, because Istio's
 * sidecars append (APPEND_FORWARD). All elements before it are what the caller sent, and prove nothing.
 *
 * It is read from the end of the header, so that quotes that the caller left open do not swallow it. Commas, semicolons
 * and quotes within quotes, such as those of a Subject, belong to the value. A key can occur more than once (URI, DNS,
 * By).
 *
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert
 * https://github.com/istio/istio/blob/release-1.31/pilot/pkg/networking/util/proxy_headers.go
 *
 * @returns undefined where the element is not of the form that Envoy writes
 */
export function lastForwardedElement(header: string): ForwardedElement | undefined {
  if (header.length > maxCharacters) return undefined;
  const fields = lastFields(header.trim());
  const element = new Map<string, string[]>();
  for (const field of fields ?? []) {
    const [, key, quoted, plain] = /^([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^"]*))$/s.exec(field) ?? [];
    if (key === undefined) return undefined;
    const value = quoted?.replace(/\\(.)/gs, "$1") ?? plain ?? "";
    const values = element.get(key.toLowerCase());
    if (values) values.push(value);
    else element.set(key.toLowerCase(), [value]);
  }
  return element.size > 0 ? element : undefined;
}

/** The fields of the last element as they are written; undefined where a quote is not opened. */
function lastFields(header: string): string[] | undefined {
  const fields: string[] = [];
  let end = header.length;
  for (let at = end - 1; at >= 0; at--) {
    if (header[at] === '"') {
      at = openingQuote(header, at);
      if (at < 0) return undefined;
    } else if (header[at] === ";" || header[at] === ",") {
      fields.push(header.slice(at + 1, end).trim());
      if (header[at] === ",") return fields.reverse();
      end = at;
    }
  }
  return [...fields, header.slice(0, end).trim()].reverse();
}

/** Where the quoted text that ends at `closing` begins: at the nearest quote that is not escaped; -1 for nowhere. */
function openingQuote(header: string, closing: number): number {
  for (let at = closing - 1; at >= 0; at--) {
    if (header[at] !== '"') continue;
    let first = at;
    while (header[first - 1] === "\\") first--;
    if ((at - first) % 2 === 0) return at;
  }
  return -1;
}

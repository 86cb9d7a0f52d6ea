import fc from "fast-check";
import { normalised } from "../../../../plugins/kubernetes/object/normalise.ts";
import { canonicalQuantity } from "../../../../plugins/kubernetes/object/quantity.ts";

describe("a quantity", () => {
  test.each([
    ["2000m", "2"],
    ["0.5", "500m"],
    ["1500m", "1500m"],
    [2, "2"],
    ["1024Mi", "1Gi"],
    ["1536Mi", "1536Mi"],
    ["1000", "1k"],
    ["134217728", "134217728"],
    ["0", "0"],
    ["0Mi", "0"],
    ["0.1Gi", "107374182400m"],
    ["1.953125Ki", "2k"],
    ["1650073053.9999Mi", "1730227002670999142400u"],
    ["1025Ki", "1025Ki"],
    ["1Ki", "1Ki"],
    ["0.5Ki", "512"],
    ["-2000m", "-2"],
    ["1.5k", "1500"],
    ["0.0000000001", "1n"],
    ["1e3", "1e3"],
    ["x", "x"],
    ["", ""],
    ["1Mib", "1Mib"],
    [".", "."],
  ])("of %s is normalised to %s", (given, canonical) => expect(canonicalQuantity(given)).toBe(canonical));

  test("in canonical form is unchanged", () => {
    const text = fc
      .tuple(fc.nat(), fc.option(fc.nat(9999)), fc.constantFrom("", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi"))
      .map(([n, f, suffix]) => `${n}${f === null ? "" : `.${f}`}${suffix}`);
    fc.assert(fc.property(text, (q) => canonicalQuantity(canonicalQuantity(q)) === canonicalQuantity(q)));
  });
});

describe("an empty value", () => {
  test("is removed only where it has no meaning", () => {
    const spec = {
      hostNetwork: false,
      replicas: 0,
      nodeSelector: {},
      automountServiceAccountToken: false,
      affinity: {},
      tolerations: [],
      serviceAccountName: "",
      priorityClassName: null,
      volumes: [{ name: "v", emptyDir: {} }],
      containers: [
        { name: "c", env: [{ name: "E", value: "" }], resources: { limits: { cpu: "2000m" }, requests: {} } },
      ],
    };
    expect(normalised({ kind: "Pod", metadata: { annotations: {}, labels: { a: "" } }, spec, rules: [] })).toEqual({
      kind: "Pod",
      metadata: { labels: { a: "" } },
      rules: [],
      spec: {
        replicas: 0,
        automountServiceAccountToken: false,
        affinity: {},
        volumes: [{ name: "v", emptyDir: {} }],
        containers: [{ name: "c", env: [{ name: "E" }], resources: { limits: { cpu: "2" } } }],
      },
    });
  });
});

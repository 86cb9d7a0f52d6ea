import fc from "fast-check";
import { maskText, maskValue, secretsIn, textsOf } from "../../../review/secrets/masking.ts";

const envelope = (plaintext: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(plaintext),
});

describe("the secrets of a state", () => {
  test("are found in their envelopes at any depth", () => {
    const state = {
      resources: [
        {
          outputs: {
            key: envelope("a private key of some length"),
            plain: "no secret at all",
            nested: [envelope({ inner: "another secret text" })],
          },
        },
      ],
    };
    expect([...secretsIn(state)].sort()).toEqual(["a private key of some length", "another secret text"]);
  });

  test("include parts of a kubeconfig", () => {
    const kubeconfig = JSON.stringify({
      users: [{ user: { token: "token-of-some-length" } }],
      clusters: [{ cluster: { server: "https://192.0.2.1:6443" } }],
    });
    const text = "~ token token-of-some-length at https://192.0.2.1:6443";
    expect(maskText(text, textsOf(kubeconfig))).toBe("~ token [secret] at https://192.0.2.1:6443");
    const yaml = "users:\n- name: admin\n  user:\n    token: yaml-token-of-some-length\n";
    expect(maskText("was yaml-token-of-some-length", textsOf(yaml))).toBe("was [secret]");
  });
});

describe("masking", () => {
  test("hides secrets inside of others, in JSON and in base64", () => {
    const secret = fc.stringMatching(/^[a-z0-9"\\]{6,30}$/).filter((s) => !"[secret]".includes(s));
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 4 }),
        fc.constantFrom("", " ", "-"),
        (secrets, around) => {
          const shown = maskValue(
            {
              a: secrets.map((s) => around + s + around),
              b: { c: secrets.map((s) => JSON.stringify(s) + Buffer.from(s).toString("base64")) },
            },
            secrets,
          );
          expect(shown.a).toEqual(secrets.map(() => `${around}[secret]${around}`));
          expect(shown.b.c).toEqual(secrets.map(() => '"[secret]"[secret]'));
        },
      ),
    );
  });

  test.each([
    { what: "four letters as a word", secrets: ["pw-4"], text: "is pw-4, not pw-45", shown: "is [secret], not pw-45" },
    {
      what: "three letters only as the value of a secret key",
      secrets: ["abc"],
      text: 'abc is abcd; token: abc, "api_token":"abc" PASSWORD=abc password "abc" name: abc',
      shown: 'abc is abcd; token: [secret], "api_token":"[secret]" PASSWORD=[secret] password "[secret]" name: abc',
    },
    {
      what: "one letter",
      secrets: ["a"],
      text: "a secret key a, and password: a",
      shown: "a secret key a, and password: [secret]",
    },
    { what: "nothing", secrets: [""], text: 'token: ""', shown: 'token: ""' },
    {
      what: "a secret with characters of a pattern",
      secrets: ["a.*"],
      text: "token=a.* token=abc",
      shown: "token=[secret] token=abc",
    },
  ])("of a short secret keeps the comment readable: $what", ({ secrets, text, shown }) => {
    expect(maskText(text, secrets)).toBe(shown);
  });

  test("hides long texts and secret keys of a secret object, and a whole secret always", () => {
    expect(
      [
        ...secretsIn({
          a: envelope({ mesh: "east", password: "pw1", port: 8000 }),
          b: envelope("pin"),
          c: envelope(123456),
        }),
      ].sort(),
    ).toEqual(["123456", "pin", "pw1"]);
  });

  test("hides short values of secret keys in a kubeconfig, not names", () => {
    expect(textsOf("users:\n- name: admin\n  user:\n    password: pw-12\n")).toEqual(expect.arrayContaining(["pw-12"]));
    expect(textsOf(JSON.stringify({ name: "admin", password: "pw-12" }))).toEqual([
      expect.stringContaining("admin"),
      "pw-12",
    ]);
  });

  test("includes a text of any characters, also with Windows line ends", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "binary" }), (text) => expect(textsOf(text)).toContain(text)),
    );
    expect(textsOf("a: b\r\npassword: pw-12\r\nc\rd\u2028e: f\r\n")).toContain("pw-12");
  });

  test("hides URL and base64 forms, also inside of a longer text", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40, unit: "binary" }),
        fc.string({ maxLength: 5 }),
        fc.string({ maxLength: 5 }),
        (secret, before, after) => {
          const [bytes, around] = [Buffer.from(secret), Buffer.from(before + secret + after)];
          expect(maskText(`x ${encodeURIComponent(bytes.toString())} y`, [secret])).toBe("x [secret] y");
          for (const form of ["base64", "base64url"] as const) {
            expect(maskText(`x ${bytes.toString(form)} y`, [secret])).toBe("x [secret] y");
            // At most the characters at either end stay, which hold bits of what stands around too.
            expect(maskText(around.toString(form), [secret])).toMatch(/^.{0,9}\[secret\].{0,9}={0,2}$/);
          }
        },
      ),
    );
  });

  test.each([
    ["a password", "open postgres://user:pa/ss@db/states", "open postgres://user:[secret]@db/states"],
    ["a signature", "get https://x.example/c?sv=1&sig=abc%2F&se=2", "get https://x.example/c?sv=1&sig=[secret]&se=2"],
    ["an AWS signature", "https://x.example/?X-Amz-Signature=abc", "https://x.example/?X-Amz-Signature=[secret]"],
    ["a port and a digest", "oci://registry.example:5000/a@sha256:1", "oci://registry.example:5000/a@sha256:1"],
    ["an IPv6 address", "https://[fd00::1]:443/a@b", "https://[fd00::1]:443/a@b"],
    ["a user", "ssh://git@host.example/x", "ssh://git@host.example/x"],
  ])("of an unknown URL with %s", (_what, text, shown) => {
    expect(maskText(text, [])).toBe(shown);
  });

  test.each([
    ["Go writes a parameter", "pa%21ss%28w%2Aord%29"],
    ["a URL inside of a URL writes it", "pa%2521ss%2528w%252Aord%2529"],
  ])("hides a secret as %s", (_what, text) => {
    expect(maskText(`x ${text} y`, ["pa!ss(w*ord)"])).toBe("x [secret] y");
  });

  test("of a base64 or URL secret hides its text and password", () => {
    expect(textsOf("cGFzcy13b3Jk")).toContain("pass-word");
    expect(textsOf("postgres://user:pass-word@db/states")).toContain("pass-word");
  });
});

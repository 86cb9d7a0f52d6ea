import fc from "fast-check";
import { maskText, maskValue, secretsIn, textsOf } from "../../../review/masking.ts";

const envelope = (plaintext: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(plaintext) });

test("secrets of a state are found in their envelopes, wherever they are, and nothing else is", () => {
  const state = { resources: [{ outputs: { key: envelope("a private key of some length"), plain: "no secret at all", nested: [envelope({ inner: "another secret text" })] } }] };
  expect([...secretsIn(state)].sort()).toEqual(["a private key of some length", "another secret text"]);
});

test("parts of a kubeconfig are masked too: a diff may show a part only", () => {
  const kubeconfig = JSON.stringify({ users: [{ user: { token: "token-of-some-length" } }], clusters: [{ cluster: { server: "https://192.0.2.1:6443" } }] });
  const text = "~ token token-of-some-length at https://192.0.2.1:6443";
  expect(maskText(text, textsOf(kubeconfig))).toBe("~ token [secret] at https://192.0.2.1:6443");
  const yaml = "users:\n- name: admin\n  user:\n    token: yaml-token-of-some-length\n";
  expect(maskText("was yaml-token-of-some-length", textsOf(yaml))).toBe("was [secret]");
});

test("no secret survives, also where one is part of another, in no form that JSON or base64 gives it", () => {
  const secret = fc.stringMatching(/^[a-z0-9"\\]{6,30}$/).filter((s) => !"[secret]".includes(s));
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.constantFrom("", " ", "-"), (secrets, around) => {
      const shown = maskValue({ a: secrets.map((s) => around + s + around), b: { c: secrets.map((s) => JSON.stringify(s) + Buffer.from(s).toString("base64")) } }, secrets);
      expect(shown.a).toEqual(secrets.map(() => `${around}[secret]${around}`));
      expect(shown.b.c).toEqual(secrets.map(() => '"[secret]"[secret]'));
    }),
  );
});

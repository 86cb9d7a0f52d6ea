/** Endings of the names of keys with secret values, encrypted or not; for a pattern that ignores case. */
export const secretKeyEnding = `(?:${[
  "kube[_.-]?config",
  "ca[_.-]?material",
  "token",
  "passw(?:or)?d",
  "passphrase",
  "secret",
  "credential",
  "private[_.-]?key",
  "(?:ca|api|access|client|signing|encryption|server|tls|ssh)[_.-]?key",
  "key[_.-]?data",
  "key[_.-]?pem",
  "bearer",
  "authorization",
  "docker[_.-]?config[_.-]?json",
].join("|")})s?`;

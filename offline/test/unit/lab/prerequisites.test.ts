import { findMirror, missingPackages } from "../../../lab/prerequisites.ts";

describe("the prerequisites", () => {
  test("name a package once for all its missing programs", () => {
    expect(missingPackages((program) => !["dockerd", "docker", "unzip"].includes(program))).toEqual([
      "docker.io",
      "unzip",
    ]);
    expect(missingPackages(() => true)).toEqual([]);
  });

  test.each([
    {
      format: "deb822",
      text:
        "Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm\n\nTypes: deb\nURIs: " +
        "http://mirror.example/debian-security\n",
      mirror: "http://mirror.example/debian",
    },
    {
      format: "one-line with options",
      text:
        "# deb http://old.example/debian stable main\ndeb [signed-by=/k.gpg] " +
        "https://mirror.example/debian/ bookworm main\n",
      mirror: "https://mirror.example/debian/",
    },
    {
      format: "another vendor's first",
      text: "deb https://packages.example/apt bookworm main\ndeb http://mirror.example/debian bookworm main\n",
      mirror: "http://mirror.example/debian",
    },
    { format: "only security", text: "URIs: http://mirror.example/debian-security\n", mirror: undefined },
  ])("take the mirror from sources of format $format", ({ text, mirror }) => {
    expect(findMirror(text)).toBe(mirror);
  });
});

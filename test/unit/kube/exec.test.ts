import { execInContainer } from "../../../kube/exec.ts";

const exec = jest.fn();
jest.mock("@kubernetes/client-node/dist/exec.js", () => ({
  Exec: class {
    exec = (...given: unknown[]) => exec(...given);
  },
}));

const access = { server: "http://x", options: async () => ({}) };
const run = (namespace: string, pod: string, command: string[]) =>
  execInContainer(access, { namespace, pod, container: "c" }, command).result;

beforeEach(() => exec.mockReset().mockRejectedValue(new Error("no connection")));

describe("a command in a container", () => {
  test("has names that are one segment of the library's path each, and arguments as they are", async () => {
    await expect(run("a/b", "../c#d?e", ["curl", "$(f) g"])).rejects.toThrow(/no connection/);
    expect(exec.mock.calls[0].slice(0, 4)).toEqual(["a%2Fb", "..%2Fc%23d%3Fe", "c", ["curl", "$(f) g"]]);
  });

  test("is not started for a name that no pod has", async () => {
    await expect(run("shop", "..", ["true"])).rejects.toThrow(/no name of an object/);
    expect(exec).not.toHaveBeenCalled();
  });
});

import * as pulumi from "@pulumi/pulumi";
import { readOnce } from "../../../components/readOnce.ts";
import { valueOf } from "./graph.ts";

test("an input is read once for each kind of reading, and its value is not copied", async () => {
  const read = jest.fn((value: unknown) => ({ value }));
  const input = pulumi.output({ name: "west" });
  const [a, b, other] = await valueOf(
    pulumi.all([readOnce(input, "a", read), readOnce(input, "a", read), readOnce(input, "b", read)]),
  );
  expect(read).toHaveBeenCalledTimes(2);
  expect(a!()).toBe(b!());
  expect(a!()).not.toBe(other!());
  expect(a!()).toEqual({ value: { name: "west" } });
});

test("what is no object is read each time", async () => {
  const read = jest.fn((value: unknown) => value);
  for (const _ of ["first", "again"]) expect((await valueOf(readOnce(undefined, "a", read)))()).toBeUndefined();
  expect(read).toHaveBeenCalledTimes(2);
});

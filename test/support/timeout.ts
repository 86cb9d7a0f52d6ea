// The default for tests that set no timeout: long enough to start programs on a busy machine.
jest.setTimeout(60_000);

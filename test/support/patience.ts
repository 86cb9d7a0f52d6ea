// Where a test gives no time of its own: enough for one that starts programs on a machine that is busy. No test proves by it.
jest.setTimeout(60_000);

/** Everything the front bounds, in one place. */
export const limits = {
  sessions: { readers: 3 },
  waiting: { reads: 200, writes: 64, inserts: 64, copies: 1 },
  insert: {
    bodyBytes: 64 * 1024 * 1024,
    /** Of all inserts being received, waiting or running. */
    queuedBytes: 256 * 1024 * 1024,
    /** One engine block, so one part a partition: an insert is whole or not at all. */
    rows: 1_000_000,
    columns: 256,
  },
  sqlBytes: 1024 * 1024,
  headerBytes: 256 * 1024,
  parameters: 200,
  settings: 64,
  execution: { defaultSeconds: 60, maxSeconds: 3_600 },
  /** Results are whole before they are sent, and the engine holds them two or three times over while it writes them. */
  resultBytes: 128 * 1024 * 1024,
  memory: { serverBytes: 2_000_000_000, queryBytes: 1_500_000_000, markCacheBytes: 100 * 1024 * 1024 },
  disk: { ballastBytes: 64 * 1024 * 1024, minFreeMb: 512 },
  drainMs: 10_000,
} as const

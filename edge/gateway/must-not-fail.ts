/** What the gateway is nothing without: its failure ends the process as a thrown error does, and the supervisor begins it anew. */
export function mustNotFail<T>(work: Promise<T>): Promise<T> {
  work.catch((error: unknown) =>
    process.nextTick(() => {
      throw error
    }),
  )
  return work
}

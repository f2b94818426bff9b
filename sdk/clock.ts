/** The wall clock of whoever runs the client. */
export const nowMs = (): number => Date.now()

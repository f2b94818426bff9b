/** A way to the platform that stands: MQTT, or HTTPS where MQTT is blocked. */
export interface Transport {
  kind: 'mqtt' | 'https'
  /** Batches that may be under way at once. */
  window: number
  /**
   * Resolves when the platform says that it is durable; rejects when that is not known: it is sent again.
   * Errors: BatchRefused, NoTransport, or whatever ended the session.
   */
  send(payload: Buffer): Promise<void>
  /** Resolves with the reason when it is gone. */
  ended: Promise<string>
  close(): Promise<void>
}

/** The platform looked at this batch and will never take it; the way itself stands. */
export class BatchRefused extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
  }
}

/** A refusal by the platform or a failure to reach it; `reason` is a code with words. */
export class NoTransport extends Error {
  readonly reason: string
  constructor(reason: string, cause?: unknown) {
    super(`${reason}${cause instanceof Error ? `: ${cause.message}` : ''}`, { cause })
    this.reason = reason
  }
}

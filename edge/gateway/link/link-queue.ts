import { nextJob, type Waiting } from '../rules/queue-rules.ts'

export interface Job extends Waiting {
  /** Errors: LinkLost, which ends the connection; another is a fault of ours. */
  run(): Promise<void>
  /** It will not be run: the link is gone. */
  drop(): void
}

/** What waits for one physical link; one job at a time. */
export class LinkQueue {
  #jobs: Job[] = []
  #wake: (() => void) | undefined

  push(job: Job): void {
    this.#jobs.push(job)
    this.#wake?.()
  }

  /** Undefined when `signal` ended the waiting. */
  async take(signal: AbortSignal): Promise<Job | undefined> {
    while (this.#jobs.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      this.#wake = undefined
    }
    if (signal.aborted) return undefined
    return this.#jobs.splice(nextJob(this.#jobs, performance.now()), 1)[0]
  }

  dropAll(): void {
    for (const job of this.#jobs.splice(0)) job.drop()
  }
}

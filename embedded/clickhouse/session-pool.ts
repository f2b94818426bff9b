import { failure } from './failure.ts'

/** Sessions of one kind, one statement each at a time; who finds none free waits in line, and the line has an end. */
export class SessionPool<Session> {
  readonly #free: Session[]
  readonly #all: readonly Session[]
  readonly #waiting: ((session: Session) => void)[] = []
  readonly #maxWaiting: number

  constructor(sessions: readonly Session[], maxWaiting: number) {
    this.#all = sessions
    this.#free = [...sessions]
    this.#maxWaiting = maxWaiting
  }

  get sessions(): readonly Session[] {
    return this.#all
  }

  async use<Result>(signal: AbortSignal, run: (session: Session) => Promise<Result>): Promise<Result> {
    const session = this.#free.pop() ?? (await this.#wait(signal))
    try {
      if (signal.aborted) throw cancelled()
      return await run(session)
    } finally {
      const next = this.#waiting.shift()
      if (next) next(session)
      else this.#free.push(session)
    }
  }

  #wait(signal: AbortSignal): Promise<Session> {
    if (signal.aborted) return Promise.reject(cancelled())
    if (this.#waiting.length >= this.#maxWaiting) {
      return Promise.reject(failure('TOO_MANY_SIMULTANEOUS_QUERIES', `Too many requests: ${this.#waiting.length} are waiting already.`))
    }
    return new Promise((resolve, reject) => {
      const enter = (session: Session) => {
        signal.removeEventListener('abort', leave)
        resolve(session)
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(cancelled())
      }
      this.#waiting.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}

const cancelled = () => failure('QUERY_WAS_CANCELLED', 'The request was given up by its sender.')

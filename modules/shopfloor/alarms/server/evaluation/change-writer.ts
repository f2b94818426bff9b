import { setTimeout as sleep } from 'node:timers/promises'
import type { OrgScope } from '#kernel/context.ts'
import type { Rooms } from '../rooms.ts'
import { applyChanges, type Found } from './apply-changes.ts'

const FIRST_RETRY_MS = 200
const LAST_RETRY_MS = 5_000
const CHANGES_AT_ONCE = 1_000
const MAX_WAITING = 50_000
const ORGANISATIONS_AT_ONCE = 4

/**
 * Carries what the evaluation found into PostgreSQL, organisation by organisation in order, and tries until it is written. While it cannot,
 * so much waits and no more: then values are left to be read again from the store.
 */
export class ChangeWriter {
  readonly #rooms: Rooms
  readonly #signal: AbortSignal
  readonly #waiting = new Map<OrgScope, Found[]>()
  readonly #busy = new Set<OrgScope>()
  #count = 0
  #drained: (() => void)[] = []

  constructor(rooms: Rooms, signal: AbortSignal) {
    this.#rooms = rooms
    this.#signal = signal
  }

  /** What one value has changed comes in one call and is written together. */
  add(scope: OrgScope, found: readonly Found[]): void {
    const queue = this.#waiting.get(scope)
    if (queue) queue.push(...found)
    else this.#waiting.set(scope, [...found])
    this.#count += found.length
    queueMicrotask(() => this.#pump())
  }

  hasRoom(): boolean {
    return this.#count < MAX_WAITING
  }

  /** All that was added up to now is written. Errors: the evaluation ends. */
  async drained(): Promise<void> {
    while (this.#count > 0) {
      this.#signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        this.#drained.push(resolve)
        this.#signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  #pump(): void {
    for (const [scope, queue] of this.#waiting) {
      if (this.#busy.size >= ORGANISATIONS_AT_ONCE) return
      if (this.#busy.has(scope)) continue
      this.#busy.add(scope)
      const some = queue.splice(0, wholeValues(queue))
      if (queue.length === 0) this.#waiting.delete(scope)
      void this.#write(scope, some)
    }
  }

  async #write(scope: OrgScope, found: readonly Found[]): Promise<void> {
    for (let pauseMs = FIRST_RETRY_MS; !this.#signal.aborted; pauseMs = Math.min(LAST_RETRY_MS, pauseMs * 2)) {
      try {
        await applyChanges(this.#rooms, scope, found)
        break
      } catch (error) {
        this.#rooms.log.warn({ error: (error as Error).message, changes: found.length }, 'alarms: not written, tried again')
        await sleep(pauseMs, undefined, { signal: this.#signal }).catch(() => undefined)
      }
    }
    this.#busy.delete(scope)
    this.#count -= found.length
    if (this.#count === 0) for (const resolve of this.#drained.splice(0)) resolve()
    this.#pump()
  }
}

/** A place to cut that does not part what one value has changed: there the next is of another alarm or of a later value. */
function wholeValues(queue: readonly Found[]): number {
  let end = Math.min(queue.length, CHANGES_AT_ONCE)
  while (end < queue.length && queue[end]!.alarmId === queue[end - 1]!.alarmId) end++
  return end
}

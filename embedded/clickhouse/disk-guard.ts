import { closeSync, fsyncSync, ftruncateSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { failure } from './failure.ts'
import { limits } from './limits.ts'

const recheckMs = 1_000
const chunkBytes = 1024 * 1024

/**
 * On a full disk the engine cannot even drop a partition. So inserts stop while there is still room, and a ballast file is kept
 * beside the store to be given up for the statement that frees space.
 */
export class DiskGuard {
  readonly #ballast: string
  readonly #minFreeBytes: number
  #checkedAtMs = Number.NEGATIVE_INFINITY
  #freeBytes = 0

  constructor(ballast: string, minFreeMb: number) {
    this.#ballast = ballast
    this.#minFreeBytes = minFreeMb * 1024 * 1024
  }

  /** Throws when an insert must not be taken. */
  demandSpace(): void {
    const free = this.#free()
    if (free >= this.#minFreeBytes) return
    const mb = (bytes: number) => Math.floor(bytes / 1024 / 1024)
    throw failure('NOT_ENOUGH_SPACE', `Inserts are stopped: ${mb(free)} MB are free on the disk, ${mb(this.#minFreeBytes)} MB must stay.`)
  }

  /** Makes the ballast when there is room for it beyond the high-water mark; called at start and after space was freed. */
  keepBallast(): void {
    if (this.#ballastBytes() === limits.disk.ballastBytes) return
    this.#checkedAtMs = Number.NEGATIVE_INFINITY
    if (this.#free() < this.#minFreeBytes + 2 * limits.disk.ballastBytes) return
    const file = openSync(this.#ballast, 'w', 0o600)
    try {
      // Written, not truncated to size: a hole would hold no space.
      const chunk = Buffer.alloc(chunkBytes, 0x5a)
      for (let at = 0; at < limits.disk.ballastBytes; at += chunkBytes) writeSync(file, chunk, 0, chunkBytes, at)
      ftruncateSync(file, limits.disk.ballastBytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }

  /** True when there was a ballast to give up. */
  releaseBallast(): boolean {
    if (this.#ballastBytes() === 0) return false
    rmSync(this.#ballast, { force: true })
    this.#checkedAtMs = Number.NEGATIVE_INFINITY
    return true
  }

  #ballastBytes(): number {
    return statSync(this.#ballast, { throwIfNoEntry: false })?.size ?? 0
  }

  #free(): number {
    const nowMs = performance.now()
    if (nowMs - this.#checkedAtMs >= recheckMs) {
      const { bavail, bsize } = statfsSync(this.#ballast.slice(0, this.#ballast.lastIndexOf('/')) || '/')
      this.#freeBytes = bavail * bsize
      this.#checkedAtMs = nowMs
    }
    return this.#freeBytes
  }
}

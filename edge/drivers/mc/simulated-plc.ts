import { type DeviceName, devices } from './address.ts'
import type { Asked } from './simulator.ts'

const WORDS = 65_536

export interface Response {
  endCode: number
  words: number[]
  /** One digit each in ASCII; packed by the caller of bits in binary. */
  bits: boolean
}

const refused = (endCode: number): Response => ({ endCode, words: [], bits: false })

/** A PLC’s devices as words, and how it misbehaves. */
export class SimulatedPlc {
  readonly #words = new Map<DeviceName, Uint16Array>()
  /** Answered with 4031, as words of one device. */
  illegal: { device: DeviceName; from: number; until: number }[] = []
  blocksUnsupported = false
  /** Every request is answered with this. */
  endCode: number | undefined
  readonly requests: { command: number; blocks: number }[] = []

  words(device: DeviceName): Uint16Array {
    let words = this.#words.get(device)
    if (!words) {
      words = new Uint16Array(WORDS)
      this.#words.set(device, words)
    }
    return words
  }

  respond({ network, station, command, subcommand, blocks, written }: Asked): Response {
    this.requests.push({ command, blocks: blocks.length })
    if (this.endCode !== undefined) return refused(this.endCode)
    if (network !== 0 || station !== 255) return refused(0xc05f)
    if (command === 0x0406 && this.blocksUnsupported) return refused(0xc059)
    if (command === 0x0406 && (blocks.length > 120 || sum(blocks) > 960)) return refused(0xc054)
    const bits = subcommand === 1
    if (blocks.some((block) => this.#isIllegal(block, bits))) return refused(0x4031)
    if (command === 0x1401) return this.#write(blocks[0]!, bits, written)
    if (command !== 0x0401 && command !== 0x0406) return refused(0xc059)
    if (command === 0x0401 && !bits && blocks[0]!.count > 960) return refused(0xc051)
    return { endCode: 0, words: blocks.flatMap((block) => this.#read(block, bits)), bits }
  }

  #isIllegal({ device, number, count }: Asked['blocks'][number], bits: boolean): boolean {
    if (device === undefined) return true
    if (bits && !devices[device].bits) return true
    const from = devices[device].bits ? number >> 4 : number
    const until = bits ? ((number + count - 1) >> 4) + 1 : from + count
    return until > WORDS || this.illegal.some((part) => part.device === device && from < part.until && until > part.from)
  }

  #read({ device, number, count }: Asked['blocks'][number], bits: boolean): number[] {
    const words = this.words(device!)
    const bitAt = (at: number) => (words[at >> 4]! >> (at & 15)) & 1
    if (bits) return Array.from({ length: count }, (_, i) => bitAt(number + i))
    if (!devices[device!].bits) return [...words.subarray(number, number + count)]
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: 16 }, (__, bit) => bitAt(number + i * 16 + bit) << bit).reduce((whole, bit) => whole | bit, 0),
    )
  }

  #write({ device, number, count }: Asked['blocks'][number], bits: boolean, written: readonly number[]): Response {
    const words = this.words(device!)
    if (!bits) {
      if (devices[device!].bits) return refused(0xc05c)
      words.set(written.slice(0, count), number)
    } else
      for (const [i, bit] of written.entries()) {
        const at = number + i
        words[at >> 4] = bit ? words[at >> 4]! | (1 << (at & 15)) : words[at >> 4]! & ~(1 << (at & 15))
      }
    return { endCode: 0, words: [], bits: false }
  }
}

const sum = (blocks: Asked['blocks']): number => blocks.reduce((total, { count }) => total + count, 0)

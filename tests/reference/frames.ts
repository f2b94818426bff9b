import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { formOf } from '#edge/drivers/dlt645/address.ts'
import { decodeNumber } from '#edge/drivers/dlt645/codec.ts'
import { frameOf as frameOfMeter, identifierBytes } from '#edge/drivers/dlt645/frames.ts'
import { batchRead, type Code, frameOf, takeFrames } from '#edge/drivers/mc/frames.ts'
import { startMcSimulator } from '#edge/drivers/mc/simulator.ts'
import type { Field } from '../field.ts'
import type { Answers } from './answers.ts'

interface Row {
  protocol: string
  what: string
  hex: string
  expected: string
}

const SET = 'frames'

/** Published frames of MELSEC 3E and DL/T 645: ours are the same, and theirs are understood. */
export async function checkFrames(dataDir: string, _: Field, answers: Answers): Promise<void> {
  const rows = parse(readFileSync(join(dataDir, SET, 'frames.csv')), { columns: true }) as Row[]
  const of = (protocol: string, what: string, nth = 0) => {
    const found = rows.filter((row) => row.protocol === protocol && row.what.includes(what))[nth]
    if (!found) throw new Error(`no frame of ${protocol}: ${what}`)
    return found
  }
  const bytes = (row: Row) => Buffer.from(row.hex.replaceAll(' ', ''), 'hex')
  const own = { network: 0, station: 255 }

  const d350 = of('melsec-3e-binary', 'D350')
  const asked = frameOf('binary', own, 0, batchRead({ device: 'D', offset: 350, count: 2 }))
  // The published one waits without end (timer 0), which a driver must not.
  asked.writeUInt16LE(bytes(d350).readUInt16LE(9), 9)
  answers.check(SET, d350.what, bytes(d350).toString('hex'), asked.toString('hex'))
  const words = wordsOf('binary', bytes(of('melsec-3e-binary', 'its response')))
  answers.check(SET, 'D350, D351', '56ab 170f', words)

  const m1000 = of('melsec-3e-binary', 'M1000')
  // M1000 is no multiple of 16: the driver reads from M992 on, so the frame is that of another bit device by its number alone.
  const relays = frameOf('binary', own, 16 * 250, batchRead({ device: 'M', offset: 62, count: 2 }))
  relays.writeUIntLE(1_000, 15, 3)
  answers.check(SET, m1000.what, bytes(m1000).toString('hex'), relays.toString('hex'))
  answers.check(SET, 'M1000 to M1031', '0fff 0ff0', wordsOf('binary', bytes(of('melsec-3e-binary', 'its response', 1))))

  checkMeters(rows, answers)
  const simulator = await startMcSimulator('ascii')
  try {
    const written = of('melsec-3e-ascii', 'batch write')
    const read = of('melsec-3e-ascii', 'batch read')
    answers.check(SET, written.what, written.expected.replace('response ', ''), await exchange(simulator.port, written.hex))
    answers.check(SET, read.what, read.expected.replace('response ', ''), await exchange(simulator.port, read.hex))
  } finally {
    await simulator.stop()
  }
}

function checkMeters(rows: readonly Row[], answers: Answers): void {
  for (const row of rows.filter(({ protocol }) => protocol === 'dlt645-2007')) {
    const hex = row.hex.replaceAll(' ', '').toLowerCase()
    const [, meter = ''] = /meter (\d{12})/.exec(row.what) ?? []
    if (row.what.includes('request')) {
      const di = Number.parseInt(/DI ([0-9A-F]{8})/.exec(row.expected)?.[1] ?? '', 16)
      answers.check(SET, row.what, hex, frameOfMeter(meter, 0x11, identifierBytes(di)).toString('hex'))
    } else if (row.what.includes('as 6 BCD bytes')) {
      const [, number = ''] = /address (\d+)/.exec(row.what) ?? []
      answers.check(SET, row.what, hex, frameOfMeter(number, 0x11, Buffer.alloc(0)).subarray(1, 7).toString('hex'))
    } else if (row.what.startsWith('BCD data field')) {
      const form = formOf(row.what.includes('energy') ? 0x00010000 : 0x02010100)
      const value = form && decodeNumber(Buffer.from(hex, 'hex'), 0, form)
      answers.check(SET, row.what, Number.parseFloat(row.expected), typeof value === 'number' ? value : 'no number')
    }
  }
}

function wordsOf(code: Code, frame: Buffer): string {
  const words: string[] = []
  const end = takeFrames(code, frame, ({ endCode, data }) => {
    if (endCode !== 0) words.push(`end code ${endCode.toString(16)}`)
    for (let at = 0; at < data.length; at += 2) words.push(data.readUInt16LE(at).toString(16).padStart(4, '0'))
  })
  return end === frame.length ? words.join(' ') : 'not a whole frame'
}

async function exchange(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(text)
    const [answer] = await once(socket, 'data')
    return String(answer)
  } finally {
    socket.destroy()
  }
}

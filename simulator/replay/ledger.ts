import { open } from 'node:fs/promises'

const FLUSH_MS = 50

/** A file of what was acknowledged (by MQTT) or read (by Modbus), a line `seq,ts,atMs` each: what stands in it was, whatever happens to us. */
export interface Ledger {
  /** `ts`: the row's own time; noted with the present. */
  add(seq: number, ts: number): void
  close(): Promise<void>
}

export async function openLedger(file: string): Promise<Ledger> {
  const handle = await open(file, 'a', 0o644)
  let lines = ''
  let writing: Promise<void> = Promise.resolve()
  const flush = () => {
    if (lines === '') return
    const batch = lines
    lines = ''
    writing = writing.then(async () => {
      await handle.appendFile(batch)
      await handle.datasync()
    })
  }
  const timer = setInterval(flush, FLUSH_MS)
  return {
    add: (seq, ts) => {
      lines += `${seq},${ts},${Date.now()}\n`
    },
    close: async () => {
      clearInterval(timer)
      flush()
      await writing
      await handle.close()
    },
  }
}

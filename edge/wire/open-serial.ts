import { execFile } from 'node:child_process'
import { close, constants, open, realpath } from 'node:fs'
import { isatty, ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import { LinkLost } from '../drivers/driver.ts'
import type { Opener } from './exchange.ts'

/** As `serialFields` of a protocol's schema has them. */
interface SerialSettings {
  /** `/dev/ttyUSB0`, or a name of /dev/serial/by-id that stays when adapters change places. */
  device?: string | undefined
  baudRate: string
  parity: 'none' | 'even' | 'odd'
  stopBits: '1' | '2'
}

type SerialReason = 'serialMissing' | 'serialDenied' | 'serialBusy' | 'serialSettings'

const STTY_WITHIN_MS = 5_000
/** One link a port: two would take each other's answers. */
const inUse = new Set<string>()
const inPromise = { open: promisify(open), close: promisify(close), realpath: promisify(realpath), execFile: promisify(execFile) }

/** A serial port of this machine, eight bits a character; `reasons`: the protocol’s own codes. Its settings are made by stty (POSIX). */
export const openSerial =
  ({ device = '', ...line }: SerialSettings, reasons: Record<SerialReason, string>): Opener =>
  async (signal) => {
    const lost = (reason: SerialReason) => (cause: unknown) => {
      signal.throwIfAborted()
      throw new LinkLost(reasons[reason], cause)
    }
    const port = await inPromise.realpath(device).catch(lost('serialMissing'))
    if (inUse.has(port)) throw new LinkLost(reasons.serialBusy)
    inUse.add(port)
    let fd: number | undefined
    try {
      // Without O_NONBLOCK a port with no carrier would wait for one.
      fd = await inPromise
        .open(port, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
        .catch((error: NodeJS.ErrnoException) => lost(openReasons[error.code ?? ''] ?? 'serialDenied')(error))
      if (!isatty(fd)) throw new LinkLost(reasons.serialSettings)
      await inPromise
        .execFile('stty', ['-F', port, ...sttyArguments(line)], { timeout: STTY_WITHIN_MS, signal })
        .catch(lost('serialSettings'))
      // A terminal's stream is written to as well.
      const stream = new ReadStream(fd)
      stream.once('close', () => inUse.delete(port))
      return stream
    } catch (error) {
      if (fd !== undefined) await inPromise.close(fd)
      inUse.delete(port)
      throw error
    }
  }

const openReasons: Record<string, SerialReason> = {
  ENOENT: 'serialMissing',
  ENXIO: 'serialMissing',
  ENODEV: 'serialMissing',
  EBUSY: 'serialBusy',
}

/** Every byte as it is, at once, without flow control and without regard for the modem's lines. */
const sttyArguments = ({ baudRate, parity, stopBits }: Omit<SerialSettings, 'device'>): string[] => [
  ...[baudRate, 'raw', 'cs8', '-echo', 'clocal', '-crtscts', '-hupcl', 'min', '1', 'time', '0'],
  ...(parity === 'none' ? ['-parenb'] : ['parenb', parity === 'odd' ? 'parodd' : '-parodd']),
  stopBits === '2' ? 'cstopb' : '-cstopb',
]

import { connect, type Socket } from 'node:net'

/** What a device sends: only time and number differ between two messages, so that making them costs the machine next to nothing. */
export interface DeviceLogin {
  user: string
  secret: string
  topic: string
  /** Connections of one device are told apart by it. */
  clientId?: string
}

export type Acknowledged = (seq: number, tookMs: number) => void

const PACKET_IDS = 65_535
/** Written and not yet taken by the kernel: above it the peer has stopped reading. */
const PUSHED_BACK_BYTES = 512 * 1024

/** One MQTT 3.1.1 connection on a bare socket: QoS 1, a window of publishes under way. */
export class RawDevice {
  readonly #login: DeviceLogin
  readonly #bodies: readonly Buffer[]
  readonly #acknowledged: Acknowledged
  readonly #topic: Buffer
  #socket: Socket | undefined
  #rest: Buffer = Buffer.alloc(0)
  #lastTsMs = 0
  /** Number of the last message sent; they begin at 1. */
  lastSeq = 0
  /** When each message that waits for its acknowledgement left. */
  readonly pending = new Map<number, number>()
  lost: Error | undefined

  constructor(login: DeviceLogin, bodies: readonly Buffer[], acknowledged: Acknowledged) {
    this.#login = login
    this.#bodies = bodies
    this.#acknowledged = acknowledged
    this.#topic = field(login.topic)
  }

  connect(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port, noDelay: true })
      this.#socket = socket
      socket.once('connect', () => socket.write(connectPacket(this.#login)))
      socket.once('data', (connack) => {
        if (connack[0] !== 0x20 || connack[3] !== 0) return reject(new Error(`${this.#login.user} was refused: code ${connack[3]}`))
        socket.on('data', (bytes) => this.#receive(bytes))
        resolve()
      })
      socket.on('error', reject)
      socket.on('close', () => {
        this.lost ??= new Error(`${this.#login.user} was disconnected.`)
        reject(this.lost)
      })
    })
  }

  get pushedBack(): boolean {
    return (this.#socket?.writableLength ?? 0) > PUSHED_BACK_BYTES
  }

  /** Sends `count` messages with the time of now, each device's times strictly rising. */
  send(count: number): void {
    const packets: Buffer[] = []
    const sentMs = performance.now()
    for (let i = 0; i < count; i++) {
      const seq = ++this.lastSeq
      this.#lastTsMs = Math.max(this.#lastTsMs + 1, Date.now())
      this.pending.set(seq, sentMs)
      packets.push(this.#publish(seq, this.#lastTsMs))
    }
    this.#socket?.write(packets.length === 1 ? (packets[0] as Buffer) : Buffer.concat(packets))
  }

  destroy(): void {
    this.lost = new Error('closed')
    this.#socket?.destroy()
  }

  #publish(seq: number, tsMs: number): Buffer {
    const head = `{"ts":${tsMs},"seq":${seq},"values":`
    const body = this.#bodies[seq % this.#bodies.length] as Buffer
    const length = this.#topic.length + 2 + head.length + body.length + 1
    const packet = Buffer.allocUnsafe(1 + lengthBytes(length) + length)
    packet[0] = 0x32
    let at = writeLength(packet, 1, length)
    at += this.#topic.copy(packet, at)
    at = packet.writeUInt16BE((seq % PACKET_IDS) + 1, at)
    at += packet.write(head, at, 'latin1')
    at += body.copy(packet, at)
    packet[at] = 0x7d
    return packet
  }

  /** PUBACK is all that comes here: four bytes each. */
  #receive(bytes: Buffer): void {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes
    const nowMs = performance.now()
    let at = 0
    for (; at + 4 <= all.length; at += 4) {
      if (all[at] !== 0x40) {
        this.#socket?.destroy(new Error(`Not a PUBACK: ${all.subarray(at, at + 4).toString('hex')}`))
        return
      }
      const last = this.lastSeq
      const seq = last - ((((last - (all.readUInt16BE(at + 2) - 1)) % PACKET_IDS) + PACKET_IDS) % PACKET_IDS)
      const sentMs = this.pending.get(seq)
      if (sentMs === undefined) continue
      this.pending.delete(seq)
      this.#acknowledged(seq, nowMs - sentMs)
    }
    this.#rest = at < all.length ? all.subarray(at) : Buffer.alloc(0)
  }
}

const field = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  const head = Buffer.alloc(2)
  head.writeUInt16BE(bytes.length)
  return Buffer.concat([head, bytes])
}

function connectPacket({ user, secret, clientId = `${user}/bench` }: DeviceLogin): Buffer {
  const cleanUserPassword = 0xc2
  const noKeepAlive = [0, 0]
  const rest = Buffer.concat([
    field('MQTT'),
    Buffer.from([4, cleanUserPassword, ...noKeepAlive]),
    field(clientId),
    field(user),
    field(secret),
  ])
  const packet = Buffer.alloc(1 + lengthBytes(rest.length))
  packet[0] = 0x10
  writeLength(packet, 1, rest.length)
  return Buffer.concat([packet, rest])
}

const lengthBytes = (length: number) => (length < 128 ? 1 : length < 16_384 ? 2 : length < 2_097_152 ? 3 : 4)

/** MQTT 3.1.1 §2.2.3: seven bits a byte, the lowest first. */
function writeLength(into: Buffer, at: number, length: number): number {
  let left = length
  let to = at
  do {
    into[to++] = (left & 127) | (left > 127 ? 128 : 0)
    left >>= 7
  } while (left > 0)
  return to
}

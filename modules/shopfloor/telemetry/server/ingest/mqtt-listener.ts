import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes, type AuthErrorCode, type AuthenticateError, type Client, type ConnectPacket, type PublishPacket } from 'aedes'
import type { ServedCertificate } from '#kernel/certificate.ts'
import type { Log } from '#kernel/log.ts'
import type { LogInRefusal } from '#modules/shopfloor/devices/public.ts'
import { telemetryLimits } from '../../contract.ts'
import type { DeviceSession } from './device-directory.ts'
import { Watchers } from './watchers.ts'

const OUR_TOPICS = ['live/', 'events/', 'watch/']
const MAX_CONNECTIONS = 50_000
/** A packet is the message and its topic. */
const MAX_PACKET_BYTES = telemetryLimits.messageBytes + 1_024
const BAD_USER_OR_PASSWORD = 4 as AuthErrorCode.BAD_USERNAME_OR_PASSWORD
const NOT_AUTHORIZED = 5 as AuthErrorCode.NOT_AUTHORIZED
const UNAVAILABLE = 3 as AuthErrorCode.SERVER_UNAVAILABLE

/** MQTT over TLS beside the plain port. */
export interface SecureMqtt {
  certificate: ServedCertificate
  host: string
  port: number
}

export interface MqttParts {
  host: string
  port: number
  secure?: SecureMqtt | undefined
  busUser: string
  busPassword: string
  log: Log
  logIn: (userName: string, secret: Buffer, address: string) => Promise<DeviceSession | LogInRefusal>
  /** Calls back when the message is durable: the acknowledgement follows. An error ends the connection without one. */
  accept: (session: DeviceSession, payload: Buffer, done: (error?: Error) => void) => void
  /** As `accept` for a gateway's batch; an error for whoever is no gateway. */
  acceptBatch: (session: DeviceSession, payload: Buffer, done: (error?: Error) => void) => void
  refused: (userName: string, session: DeviceSession | undefined, reason: LogInRefusal | 'foreignTopic' | 'tooLarge', text: string) => void
  onEvent: (topic: string, payload: Buffer) => void
}

export interface MqttListener {
  port: number
  securePort: number | undefined
  isWatched: (topic: string) => boolean
  publish(topic: string, payload: string | Buffer): void
  /** No new connections. */
  refuseNew(): void
  close(): Promise<void>
}

type Peer = { kind: 'bus' } | { kind: 'device'; session: DeviceSession; topic: string; batchTopic: string }
interface OurClient extends Client {
  peer?: Peer
}

/** MQTT 3.1.1 for devices and for our own processes. A device publishes to its own topic, a gateway to its batch topic too, and does nothing else. */
export async function listenMqtt(parts: MqttParts): Promise<MqttListener> {
  const watchers = new Watchers()
  const broker = await Aedes.createBroker({
    // Ours stand before the device's own, see scopeClientId.
    maxClientsIdLength: 1_024,
    maxTopicLevels: 8,
    connectTimeout: 10_000,
    preConnect: (client, packet, done) => {
      scopeClientId(packet)
      limitPackets(client, (bytes) => parts.refused(packet.username ?? '', undefined, 'tooLarge', `${bytes} B`))
      done(null, true)
    },
    authenticate: (client, userName, password, done) => {
      authenticate(parts, client, userName ?? '', password ?? Buffer.alloc(0)).then(
        () => done(null, true),
        (error: AuthenticateError) => done(error, false),
      )
    },
    authorizePublish: (client, packet, done) => authorizePublish(parts, client, packet, done),
    authorizeSubscribe: (client, subscription, done) => {
      const may = (client as OurClient).peer?.kind === 'bus' && OUR_TOPICS.some((topic) => subscription.topic.startsWith(topic))
      done(null, may ? subscription : null)
    },
  })
  broker.on('subscribe', (subscriptions, client) =>
    watchers.add(
      client.id,
      subscriptions.map((s) => s.topic),
    ),
  )
  broker.on('unsubscribe', (topics, client) => watchers.remove(client.id, topics))
  broker.on('clientDisconnect', (client) => watchers.leave(client.id))
  broker.on('clientError', (client, error) => parts.log.debug({ client: client.id, error: error.message }, 'mqtt client'))
  broker.on('connectionError', (_client, error) => parts.log.debug({ error: error.message }, 'mqtt connection'))
  broker.subscribe(
    'events/#',
    (packet, done) => {
      parts.onEvent(packet.topic, Buffer.from(packet.payload))
      done()
    },
    () => undefined,
  )
  const doors = await openDoors(parts, (socket) => broker.handle(socket))
  return {
    port: doors.port,
    securePort: doors.securePort,
    isWatched: watchers.isWatched,
    publish: (topic, payload) =>
      broker.publish(
        { cmd: 'publish', topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, qos: 0, retain: false, dup: false },
        () => undefined,
      ),
    refuseNew: doors.refuseNew,
    close: async () => {
      doors.refuseNew()
      await new Promise<void>((resolve) => broker.close(resolve))
      doors.cut()
    },
  }
}

interface Doors {
  port: number
  securePort: number | undefined
  refuseNew(): void
  /** Ends every connection that stands. */
  cut(): void
}

/** The plain port and that with TLS, one broker behind both. Errors: a port that is taken. */
async function openDoors({ host, port, secure, log }: MqttParts, handle: (socket: Socket) => void): Promise<Doors> {
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  const welcome = (socket: Socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    handle(socket)
  }
  const open = async (server: Server, at: { host: string; port: number }) => {
    servers.push(server)
    server.maxConnections = MAX_CONNECTIONS
    server.listen(at.port, at.host)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const refuseNew = () => {
    for (const server of servers) if (server.listening) server.close()
  }
  const openSecure = ({ certificate, ...at }: SecureMqtt) => {
    const server = createTlsServer(certificate.options, welcome)
    server.on('tlsClientError', (error, socket) => log.debug({ address: socket.remoteAddress, error: error.message }, 'mqtt over tls'))
    certificate.follow(server)
    return open(server, at)
  }
  try {
    const plainPort = await open(createServer(welcome), { host, port })
    const securePort = secure && (await openSecure(secure))
    return {
      port: plainPort,
      securePort,
      refuseNew,
      cut: () => {
        for (const socket of sockets) socket.destroy()
      },
    }
  } catch (error) {
    refuseNew()
    throw error
  }
}

/** A client id is the device's own affair: with the same one, another device would be thrown out by the broker. */
function scopeClientId(packet: ConnectPacket): void {
  packet.clientId = `${packet.username ?? ''}|${packet.clientId}`.slice(0, 500)
}

/**
 * The broker gathers a packet of any length (256 MB by the protocol) before it says a word. Its parser is wrapped to see the announced
 * length after each piece that is read.
 */
function limitPackets(client: Client, refused: (bytes: number) => void): void {
  const { _parser: parser } = client as unknown as { _parser: { parse(data: Buffer): number; packet: { length: number } } }
  const parse = parser.parse.bind(parser)
  parser.parse = (data) => {
    const left = parse(data)
    const bytes = parser.packet.length
    if (bytes > MAX_PACKET_BYTES) {
      refused(bytes)
      client.conn.destroy()
    }
    return left
  }
}

const digest = (text: string | Buffer) => createHash('sha256').update(text).digest()

async function authenticate(parts: MqttParts, client: OurClient, userName: string, password: Readonly<Buffer>): Promise<void> {
  if (userName === parts.busUser) {
    if (!timingSafeEqual(digest(password as Buffer), digest(parts.busPassword))) throw refusal(BAD_USER_OR_PASSWORD)
    client.peer = { kind: 'bus' }
    return
  }
  const address = (client.conn as Socket).remoteAddress ?? ''
  const session = await parts.logIn(userName, password as Buffer, address).catch((error: Error) => {
    parts.log.warn({ error: error.message }, 'a device could not be looked up')
    throw refusal(UNAVAILABLE)
  })
  if (typeof session === 'string') {
    parts.refused(userName, undefined, session, `${userName} ${address}`)
    throw refusal(session === 'wrongCredential' || session === 'unknownDevice' ? BAD_USER_OR_PASSWORD : NOT_AUTHORIZED)
  }
  client.peer = { kind: 'device', session, topic: `v1/${userName}/telemetry`, batchTopic: `v1/${userName}/batch` }
}

const refusal = (returnCode: AuthErrorCode): AuthenticateError => Object.assign(new Error('refused'), { returnCode })

function authorizePublish(parts: MqttParts, client: OurClient | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
  const peer = client?.peer
  // Nothing is kept for later subscribers.
  packet.retain = false
  if (peer?.kind === 'device') {
    if (packet.topic === peer.topic) {
      parts.accept(peer.session, packet.payload as Buffer, done)
      return
    }
    if (packet.topic === peer.batchTopic) {
      parts.acceptBatch(peer.session, packet.payload as Buffer, done)
      return
    }
    parts.refused('', peer.session, 'foreignTopic', packet.topic)
  } else if (peer?.kind === 'bus' && OUR_TOPICS.some((topic) => packet.topic.startsWith(topic))) {
    done()
    return
  }
  done(new Error('A device publishes to its own topic only.'))
}

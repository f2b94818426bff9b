import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ClientSession,
  type EndpointDescription,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
  setErrorLogger,
  setWarningLogger,
  type UserIdentityInfo,
  UserTokenType,
} from 'node-opcua-client'
import type { Clock } from '../../clock.ts'
import { LinkLost } from '../driver.ts'
import { type OpcuaConnection, opcua } from './config.ts'
import { type OwnCertificate, ownCertificate } from './own-certificate.ts'
import { judgeServer } from './trust.ts'

// What matters comes as a LinkLost; the library's own chatter is no line of the gateway's log.
setWarningLogger(() => undefined)
setErrorLogger(() => undefined)

/** By which a password may be sealed. */
const sound: ReadonlySet<string> = new Set(opcua.connection.shape.policy.unwrap().options.map((name) => SecurityPolicy[name]))
const modes = {
  none: MessageSecurityMode.None,
  sign: MessageSecurityMode.Sign,
  signAndEncrypt: MessageSecurityMode.SignAndEncrypt,
} as const
/** A cable that is pulled leaves a session behind at the server for so long, and small controllers have few. */
/** Of a connection that nobody asks anything of: the library’s own keep-alives come less often than a short connect time-out. */
const IDLE_MS = 120_000
const SESSION_MS = 30_000
const KEEP_ALIVE_MS = 10_000

export interface OpenedClient {
  client: OPCUAClient
  session: ClientSession
}

/** Whom the settings name, on a channel as secure as they say, or the reason why not. Errors: LinkLost. */
export async function openClient(settings: OpcuaConnection, clock: Clock, folder: string, signal: AbortSignal): Promise<OpenedClient> {
  const own = await ownCertificate(folder, clock)
  const secure = settings.security !== 'none'
  const endpoint = secure ? await trustedEndpoint(settings, own, clock, signal) : undefined
  const identity = await identityOf(settings, endpoint, folder)
  const mode = modes[settings.security]
  const policy = secure ? SecurityPolicy[settings.policy] : SecurityPolicy.None
  const client = makeClient(settings, own, { mode, policy, ...(endpoint ? { serverCertificate: endpoint.serverCertificate } : {}) })
  try {
    await whileWanted(client.connect(urlOf(settings)), settings.connectTimeoutMs, signal)
    const session = await whileWanted(client.createSession(identity), settings.connectTimeoutMs, signal)
    return { client, session }
  } catch (error) {
    leave(client)
    signal.throwIfAborted()
    throw lossOf(error, own)
  }
}

/** Ends in its own time: a server that says nothing holds nobody up. */
export function leave(client: OPCUAClient): void {
  client.disconnect().catch(() => undefined)
}

/** Host names and URLs that a server tells of itself are not followed: the gateway judged this address. */
const urlOf = ({ host, port, path = '' }: OpcuaConnection): string =>
  `opc.tcp://${host.includes(':') ? `[${host}]` : host}:${port}${path === '' ? '' : `/${path.replace(/^\/+/, '')}`}`

type Security = { mode: MessageSecurityMode; policy: SecurityPolicy; serverCertificate?: Buffer }

function makeClient(settings: OpcuaConnection, own: OwnCertificate, { mode, policy, serverCertificate }: Security): OPCUAClient {
  return OPCUAClient.create({
    applicationName: 'Lianshu Gateway',
    applicationUri: own.applicationUri,
    clientName: 'Lianshu Gateway',
    certificateFile: own.certificateFile,
    privateKeyFile: own.privateKeyFile,
    clientCertificateManager: noStore,
    securityMode: mode,
    securityPolicy: policy,
    ...(serverCertificate ? { serverCertificate } : {}),
    endpointMustExist: false,
    keepSessionAlive: true,
    keepAliveInterval: KEEP_ALIVE_MS,
    requestedSessionTimeout: SESSION_MS,
    defaultTransactionTimeout: settings.requestTimeoutMs,
    transportTimeout: IDLE_MS,
    // The gateway connects again, not the library: what is away is said at once.
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
  })
}

/** The library's own trust list: it trusts nobody, since the server was judged before it connects. */
const noStore = {
  referenceCounter: 0,
  initialize: async () => undefined,
  dispose: async () => undefined,
  checkCertificate: async () => StatusCodes.BadCertificateUntrusted,
  verifyCertificate: async () => 'BadCertificateUntrusted',
  trustCertificate: async () => undefined,
  rejectCertificate: async () => undefined,
  getTrustStatus: async () => StatusCodes.BadCertificateUntrusted,
  addIssuer: async () => undefined,
  addRevocationList: async () => undefined,
}

/** Asked for without security, as the standard has it; the certificate is judged here and proved by the channel that is opened with it. */
async function trustedEndpoint(
  settings: OpcuaConnection,
  own: OwnCertificate,
  clock: Clock,
  signal: AbortSignal,
): Promise<EndpointDescription> {
  const client = makeClient(settings, own, { mode: MessageSecurityMode.None, policy: SecurityPolicy.None })
  let endpoints: EndpointDescription[]
  try {
    await whileWanted(client.connect(urlOf(settings)), settings.connectTimeoutMs, signal)
    endpoints = await whileWanted(client.getEndpoints(), settings.requestTimeoutMs, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw lossOf(error, own)
  } finally {
    leave(client)
  }
  const found = endpoints.find(
    ({ securityMode, securityPolicyUri }) =>
      securityMode === modes[settings.security] && securityPolicyUri === SecurityPolicy[settings.policy],
  )
  if (!found) throw new LinkLost('opcua.securityNotOffered', undefined, { offered: offeredBy(endpoints) })
  judgeServer(found.serverCertificate, settings.serverThumbprint, clock.nowMs())
  return found
}

const offeredBy = (endpoints: readonly EndpointDescription[]): string =>
  [...new Set(endpoints.map((e) => `${MessageSecurityMode[e.securityMode]} ${(e.securityPolicyUri ?? '').split('#')[1] ?? ''}`))].join(', ')

/** Errors: LinkLost opcua.signInNotOffered, opcua.passwordInClear, opcua.userFilesMissing. */
async function identityOf(settings: OpcuaConnection, endpoint: EndpointDescription | undefined, folder: string): Promise<UserIdentityInfo> {
  if (settings.identity === 'anonymous' || !endpoint) return { type: UserTokenType.Anonymous }
  const type = settings.identity === 'userName' ? UserTokenType.UserName : UserTokenType.Certificate
  const policies = (endpoint.userIdentityTokens ?? []).filter((one) => one.tokenType === type)
  if (policies.length === 0) throw new LinkLost('opcua.signInNotOffered')
  if (settings.identity === 'certificate') return userCertificate(join(folder, 'users', settings.userCertificate ?? ''))
  // Without a policy of its own the token has the channel's. One that the library passes over, being broken, is no other way to send it.
  const inClear =
    policies.some(({ securityPolicyUri }) => securityPolicyUri === SecurityPolicy.None) &&
    !policies.some(({ securityPolicyUri }) => sound.has(securityPolicyUri ?? ''))
  if (inClear && settings.security !== 'signAndEncrypt') throw new LinkLost('opcua.passwordInClear')
  return { type: UserTokenType.UserName, userName: settings.userName ?? '', password: settings.password ?? '' }
}

async function userCertificate(path: string): Promise<UserIdentityInfo> {
  try {
    const [pem, privateKey] = await Promise.all([readFile(`${path}.pem`, 'utf8'), readFile(`${path}.key`, 'utf8')])
    const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/.exec(pem)?.[1]
    if (!body) throw new Error('No certificate in it.')
    return { type: UserTokenType.Certificate, certificateData: Buffer.from(body, 'base64'), privateKey }
  } catch (error) {
    throw new LinkLost('opcua.userFilesMissing', error, { path })
  }
}

/** Ends at the time-out or with the signal, whatever the library waits for. */
export function whileWanted<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  // Whatever becomes of it has somebody who hears it: a rejection that nobody hears ends the process.
  work.catch(() => undefined)
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const stop = () => settle(() => reject(signal.reason))
    const timer = setTimeout(() => settle(() => reject(new LinkLost('opcua.noAnswer'))), timeoutMs)
    const settle = (how: () => void) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      how()
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}

/** What the library says in words, as a reason; the order matters, the first that fits counts. */
const reasons: readonly [RegExp, string][] = [
  [/ECONNREFUSED/, 'opcua.connectionRefused'],
  [/ENOTFOUND|EAI_AGAIN/, 'opcua.hostUnknown'],
  [/EHOSTUNREACH|ENETUNREACH/, 'opcua.hostUnreachable'],
  [/ETIMEDOUT/, 'opcua.noAnswer'],
  [/user token policy/, 'opcua.signInNotOffered'],
  [/BadUserAccessDenied|BadIdentityToken/, 'opcua.identityRefused'],
  [/BadCertificate|BadSecurityChecksFailed|BadUserSignatureInvalid|BadApplicationSignatureInvalid/, 'opcua.ownCertificateRefused'],
  [/BadTooManySessions|BadTcpNotEnoughResources|BadTcpServerTooBusy|BadMaxConnectionsReached/, 'opcua.tooManySessions'],
  [/BadTcpEndpointUrlInvalid/, 'opcua.endpointUrlRefused'],
  [/BadSecurityPolicyRejected|BadSecurityModeRejected/, 'opcua.securityNotOffered'],
]

export function lossOf(error: unknown, own?: OwnCertificate): LinkLost {
  if (error instanceof LinkLost) return error
  const text = String(error)
  const reason = reasons.find(([pattern]) => pattern.test(text))?.[1] ?? 'opcua.connectionLost'
  const details: Record<string, string> = reason === 'opcua.ownCertificateRefused' && own ? { own: own.thumbprint } : {}
  return new LinkLost(reason, error, details)
}

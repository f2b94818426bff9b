import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'

const MB = 1024 * 1024

/** Settings of a gateway: a JSON file, and over it the environment (`LIANSHU_GATEWAY_` and the name in capitals). */
const Settings = z.strictObject({
  /** The platform's address, `https://…`. */
  server: z.url({ protocol: /^https?$/ }),
  /** Its MQTT, `mqtts://…:8883`. */
  mqtt: z.url({ protocol: /^mqtts?$/ }),
  /** `ORGANISATION/GATEWAY`. */
  user: z.string().regex(/^[^/:\s]+\/[^/:\s]+$/, 'ORGANISATION/GATEWAY'),
  secret: z.string().min(8).optional(),
  /** A file that holds the secret and nothing else, readable by its owner alone. */
  secretFile: z.string().optional(),
  /** Certificates (PEM) of whom to trust, in place of the well-known authorities. */
  caFile: z.string().optional(),
  dataDir: z.string().min(1),
  queueMegabytes: z.coerce.number().min(16).max(1_000_000).default(1_024),
  /** What batches may take in memory while the disk takes nothing. */
  memoryMegabytes: z.coerce.number().min(4).max(4_096).default(32),
  /** An unchanged value with a dead-band, or a bad one, is sent again after so many seconds. */
  heartbeatSeconds: z.coerce.number().min(1).max(86_400).default(60),
  /** Without MQTT for so many seconds batches go by HTTPS; 0 switches that off. */
  httpsAfterSeconds: z.coerce.number().min(0).max(86_400).default(30),
  /** Where the gateway shows how it is, for whoever stands at the computer; absent: nowhere. */
  pagePort: z.coerce.number().int().min(0).max(65_535).optional(),
  pageAddress: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** Asked for by the page; needed where it can be reached from another computer. */
  pagePassword: z.string().min(8).max(200).optional(),
})
type Settings = z.infer<typeof Settings>

export type Config = Omit<Settings, 'secret' | 'secretFile' | 'caFile'> & {
  secret: string
  ca: Buffer | undefined
  queueBytes: number
  memoryBytes: number
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

const PREFIX = 'LIANSHU_GATEWAY_'
const variable = (name: string) => PREFIX + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** Errors: one that says which setting is wrong. */
export function readConfig(file: string | undefined, env: Record<string, string | undefined> = process.env): Config {
  const names = Object.keys(Settings.shape)
  const known = new Set(names.map(variable))
  const unknown = Object.keys(env).filter((key) => key.startsWith(PREFIX) && !known.has(key))
  if (unknown.length > 0) throw new Error(`Unknown settings: ${unknown.join(', ')}. Known: ${[...known].join(', ')}`)
  const given = Object.fromEntries(names.flatMap((name) => (env[variable(name)] ? [[name, env[variable(name)]]] : [])))
  const parsed = Settings.safeParse({ ...(file === undefined ? {} : readSettingsFile(file)), ...given })
  if (!parsed.success)
    throw new Error(`Settings: ${parsed.error.issues.map((i) => `${i.path.join('.') || file}: ${i.message}`).join('; ')}`)
  const { secret, secretFile, caFile, ...settings } = parsed.data
  if (settings.pagePort !== undefined && !isLoopback(settings.pageAddress) && settings.pagePassword === undefined)
    throw new Error(`Settings: pagePassword is missing; others can reach the page at ${settings.pageAddress}.`)
  return {
    ...settings,
    dataDir: resolve(settings.dataDir),
    secret: secret ?? readSecret(secretFile),
    ca: caFile === undefined ? undefined : readFileSync(caFile),
    queueBytes: settings.queueMegabytes * MB,
    memoryBytes: settings.memoryMegabytes * MB,
  }
}

function readSettingsFile(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8')
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`)
  }
}

function readSecret(file: string | undefined): string {
  if (file === undefined) throw new Error('Settings: secret or secretFile is missing; the device’s page issues it.')
  if ((statSync(file).mode & 0o007) !== 0) throw new Error(`${file} can be read by others: chmod 600 ${file}`)
  const secret = readFileSync(file, 'utf8').trim()
  if (secret === '') throw new Error(`${file} is empty.`)
  return secret
}

export const redacted = ({ secret: _, pagePassword, ca, ...settings }: Config): Record<string, unknown> => ({
  ...settings,
  ...(pagePassword === undefined ? {} : { pagePassword: '[hidden]' }),
  secret: '[hidden]',
  ca: ca === undefined ? 'system' : `${ca.length} bytes`,
})

/** Of whoever typed a command, by the terminal's own settings. */
export const isChineseTerminal = (env: Record<string, string | undefined> = process.env): boolean =>
  (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').startsWith('zh')

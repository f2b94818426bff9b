import { join, resolve } from 'node:path'
import { z } from 'zod'
import { StartError } from '#embedded/start-error.ts'

const port = (normal: number) => z.coerce.number().int().min(1).max(65535).default(normal)

/** What a person may set; everything between the processes is made here and kept in run.json. */
const Settings = z.object({
  LIANSHU_DATA: z.string().optional(),
  /** The master keys' own place, for example another disk; default: keys.json in the data folder. */
  LIANSHU_KEYS_FILE: z.string().optional(),
  LIANSHU_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: port(8080),
  MQTT_PORT: port(1883),
  /** PEM; both or neither. */
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  HTTPS_PORT: port(8443),
  MQTTS_PORT: port(8883),
  /** TLS ends at a proxy before us. */
  LIANSHU_HTTPS: z.enum(['0', '1']).default('0'),
  /** Plain HTTP and MQTT off this machine, on a closed test network. */
  LIANSHU_PLAIN: z.enum(['0', '1']).default('0'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  CLICKHOUSE_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Where PostgreSQL's log is kept for a restore to any moment: a folder, best on another disk. It stands in a shell command. */
  LIANSHU_WAL_ARCHIVE: z
    .string()
    .regex(/^[^'"%\\$`\n]+$/)
    .optional(),
})

export const root = resolve(import.meta.dirname, '../..')

export interface Config {
  dataDir: string
  keysFile: string
  host: string
  httpPort: number
  mqttPort: number
  /** HTTPS and MQTT over TLS listen at `host`, where there is a certificate. */
  tls?: { certFile: string; keyFile: string; httpsPort: number; mqttsPort: number }
  plainAllowed: boolean
  databaseUrl?: string
  clickhouseUrl?: string
  walArchive?: string
  demo: boolean
}

export function readConfig(args: string[], env: Record<string, string | undefined> = process.env): Config {
  const unknown = args.filter((arg) => arg !== '--no-demo')
  if (unknown.length > 0) {
    throw new StartError({
      zh: `未知参数：${unknown.join(' ')}。可用：--no-demo`,
      en: `Unknown argument: ${unknown.join(' ')}. Known: --no-demo`,
    })
  }
  const parsed = Settings.safeParse(Object.fromEntries(Object.keys(Settings.shape).map((key) => [key, env[key] || undefined])))
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
    throw new StartError({ zh: `环境变量有误：${issues}`, en: `Wrong environment variable: ${issues}` })
  }
  const { LIANSHU_DATA, LIANSHU_KEYS_FILE, LIANSHU_HOST, HTTP_PORT, MQTT_PORT, DATABASE_URL, CLICKHOUSE_URL, LIANSHU_WAL_ARCHIVE } =
    parsed.data
  const tls = tlsOf(parsed.data)
  const dataDir = resolve(LIANSHU_DATA ?? join(root, '.data'))
  return {
    dataDir,
    keysFile: resolve(LIANSHU_KEYS_FILE ?? join(dataDir, 'keys.json')),
    host: LIANSHU_HOST,
    httpPort: HTTP_PORT,
    mqttPort: MQTT_PORT,
    ...(tls === undefined ? {} : { tls }),
    plainAllowed: parsed.data.LIANSHU_HTTPS === '1' || parsed.data.LIANSHU_PLAIN === '1',
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: DATABASE_URL }),
    ...(CLICKHOUSE_URL === undefined ? {} : { clickhouseUrl: CLICKHOUSE_URL }),
    ...(LIANSHU_WAL_ARCHIVE === undefined ? {} : { walArchive: resolve(LIANSHU_WAL_ARCHIVE) }),
    demo: !args.includes('--no-demo'),
  }
}

function tlsOf({ TLS_CERT_FILE, TLS_KEY_FILE, HTTPS_PORT, MQTTS_PORT }: z.output<typeof Settings>): Config['tls'] {
  if (TLS_CERT_FILE === undefined && TLS_KEY_FILE === undefined) return undefined
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) {
    throw new StartError({
      zh: 'TLS_CERT_FILE 与 TLS_KEY_FILE 须同时设置。',
      en: 'TLS_CERT_FILE and TLS_KEY_FILE are set together or not at all.',
    })
  }
  return { certFile: resolve(TLS_CERT_FILE), keyFile: resolve(TLS_KEY_FILE), httpsPort: HTTPS_PORT, mqttsPort: MQTTS_PORT }
}

/** What every child sees of our own environment: all but what single ones alone are given (the owner's URL, where the keys are, the stores' affair). */
export function childEnvironment(env: Record<string, string | undefined> = process.env): Record<string, string | undefined> {
  const { DATABASE_URL: _owner, LIANSHU_KEYS_FILE: _keys, LIANSHU_WAL_ARCHIVE: _archive, ...rest } = env
  return rest
}

import { z } from 'zod'
import type { MailSettings } from './mail.ts'

/** Settings of the server's processes, given by the environment and by nothing else. */
const Settings = z.object({
  DATABASE_URL_APP: z.url(),
  DATABASE_URL_SYSTEM: z.url(),
  CLICKHOUSE_URL: z.url(),
  LIANSHU_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  MQTT_PORT: z.coerce.number().int().min(0).max(65535).default(1883),
  /** PEM, the chain included; with them HTTPS and MQTT over TLS are listened for, and the two plain ports on this machine alone. */
  TLS_CERT_FILE: z.string().min(1).optional(),
  TLS_KEY_FILE: z.string().min(1).optional(),
  HTTPS_PORT: z.coerce.number().int().min(0).max(65535).default(8443),
  MQTTS_PORT: z.coerce.number().int().min(0).max(65535).default(8883),
  /** `1`: plain HTTP and MQTT may be listened for on addresses that others reach; for closed test networks. */
  LIANSHU_PLAIN: z.enum(['0', '1']).default('0'),
  BUS_USER: z.string().default('bus'),
  BUS_PASSWORD: z.string().min(16),
  /** What the first administrator of an empty platform must know; printed where the platform was started. */
  LIANSHU_SETUP_CODE: z.string().min(12),
  LIANSHU_DATA: z.string(),
  /** Where the master keys are; the file alone holds them. */
  LIANSHU_KEYS_FILE: z.string(),
  /** `https://KEY:SECRET@host/bucket?region=…`: files lie there; without it below the data folder. */
  S3_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** `smtp://user@host:587` (STARTTLS) or `smtps://user@host`; without it no e-mail is sent. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** The file alone holds the password, unless SMTP_URL does. */
  SMTP_PASSWORD_FILE: z.string().min(1).optional(),
  /** `链枢 <noreply@example.com>`. */
  MAIL_FROM: z.string().regex(/@/).optional(),
  /** JSON: how short messages are handed to a gateway (kernel/sms.ts); without it none is sent. The file alone holds its secrets. */
  SMS_GATEWAY_FILE: z.string().min(1).optional(),
  /** As people type it; for the links in e-mails. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  LIANSHU_DEMO: z.enum(['0', '1']).default('0'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  /** Largest number of connections each process opens to PostgreSQL per role. */
  POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
  /** Months for which values are kept where an organisation has not said otherwise; without them for ever. */
  RETENTION_RAW_MONTHS: z.coerce.number().int().optional(),
  RETENTION_MINUTE_MONTHS: z.coerce.number().int().optional(),
  RETENTION_HOUR_MONTHS: z.coerce.number().int().optional(),
  /** `1` where TLS ends at a proxy before us: every request counts as one over HTTPS. */
  LIANSHU_HTTPS: z.enum(['0', '1']).default('0'),
  /** Requests a minute that one session, client or address may make. */
  RATE_LIMIT: z.coerce.number().int().min(10).default(3000),
})
export type Config = z.infer<typeof Settings>

/** The migration run alone stands as the owner; it needs no other role unless it seeds the demo chain. */
const MigrationSettings = z.object({
  DATABASE_URL_OWNER: z.url(),
  CLICKHOUSE_URL: z.url(),
  DATABASE_URL_APP: z.url().optional(),
  DATABASE_URL_SYSTEM: z.url().optional(),
  LIANSHU_DATA: z.string().optional(),
  LIANSHU_KEYS_FILE: z.string().optional(),
  S3_URL: Settings.shape.S3_URL,
  LIANSHU_DEMO: z.enum(['0', '1']).default('0'),
  LOG_LEVEL: Settings.shape.LOG_LEVEL,
})
export type MigrationConfig = z.infer<typeof MigrationSettings>

export const readMigrationConfig = (env: Record<string, string | undefined> = process.env): MigrationConfig => parse(MigrationSettings, env)

/** Where files lie, for a tool that stands on the stores without being one of the platform's processes. */
export const readFilesSetting = (env: Record<string, string | undefined> = process.env) =>
  parse(z.object({ S3_URL: Settings.shape.S3_URL }), env).S3_URL

/** Parses the environment; a wrong value ends the process with its name, an unknown LIANSHU_ setting too. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const unknown = Object.keys(env).filter((key) => key.startsWith('LIANSHU_') && !(key in Settings.shape))
  if (unknown.length > 0) throw new Error(`Unknown settings: ${unknown.join(', ')}`)
  return parse(Settings, env)
}

function parse<Shape extends z.ZodRawShape>(settings: z.ZodObject<Shape>, env: Record<string, string | undefined>) {
  const parsed = settings.safeParse(Object.fromEntries(Object.keys(settings.shape).map((key) => [key, env[key]])))
  if (!parsed.success) throw new Error(`Settings: ${parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`)
  return parsed.data
}

/** The certificate that was set, or none. Errors: one without the other. */
export function certificateFiles({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile }: Pick<Config, 'TLS_CERT_FILE' | 'TLS_KEY_FILE'>) {
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile }
  if (certFile === undefined && keyFile === undefined) return undefined
  throw new Error('Settings: TLS_CERT_FILE and TLS_KEY_FILE are set together or not at all.')
}

/** The mail server that was set, or none. Errors: one without a sender. */
export function mailSettings({ SMTP_URL: url, SMTP_PASSWORD_FILE: passwordFile, MAIL_FROM: from }: Config): MailSettings | undefined {
  if (url === undefined) return undefined
  if (from === undefined) throw new Error('Settings: SMTP_URL needs MAIL_FROM, the sender of all mails.')
  return { url, passwordFile, from }
}

/** The settings for the log: passwords and user parts of URLs hidden. */
export const redacted = (config: Config): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      /PASSWORD(?!_FILE)|CODE/.test(key) ? '[hidden]' : String(value).replace(/\/\/[^@/]*@/, '//[hidden]@'),
    ]),
  )

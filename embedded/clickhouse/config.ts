import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { limits } from './limits.ts'

export interface FrontConfig {
  path: string
  port: number
  user: string
  minFreeMb: number
  password: string | undefined
  /** The password is the first line of standard input, and its end is the parent's: then the front stops. */
  passwordFromStdin: boolean
}

export const usage =
  'node embedded/clickhouse/main.ts --path DIR --port N --user NAME (--password-file FILE | --password-stdin) [--min-free-mb N]'

/** The password never stands among the arguments, where every user of the machine could read it. */
export function readConfig(args: readonly string[]): FrontConfig {
  const { values } = parseArgs({
    args: [...args],
    options: {
      path: { type: 'string' },
      port: { type: 'string' },
      user: { type: 'string' },
      'password-file': { type: 'string' },
      'password-stdin': { type: 'boolean', default: false },
      'min-free-mb': { type: 'string', default: String(limits.disk.minFreeMb) },
    },
  })
  const { path, user, 'password-file': passwordFile, 'password-stdin': passwordFromStdin } = values
  const port = Number(values.port)
  const minFreeMb = Number(values['min-free-mb'])
  if (path === undefined || user === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`Usage: ${usage}`)
  if (!Number.isInteger(minFreeMb) || minFreeMb < 0) throw new Error('--min-free-mb takes a whole number.')
  if ((passwordFile === undefined) === !passwordFromStdin) throw new Error(`One of --password-file and --password-stdin. Usage: ${usage}`)
  const password = passwordFile === undefined ? undefined : readFileSync(passwordFile, 'utf8').trim()
  return { path, port, user, minFreeMb, password, passwordFromStdin }
}

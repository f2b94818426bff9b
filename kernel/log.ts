import { type Logger, pino } from 'pino'

export type Log = Logger

/** Structured log on stderr; fields that may hold a secret are hidden wherever they stand at the first two levels. */
export const createLog = (name: string, level: string): Log =>
  pino(
    {
      name,
      level,
      redact: {
        paths: [
          'password',
          'token',
          'secret',
          'authorization',
          'cookie',
          '*.password',
          '*.token',
          '*.secret',
          '*.authorization',
          '*.cookie',
          'req.headers',
        ],
        censor: '[hidden]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  )

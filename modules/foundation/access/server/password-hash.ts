import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { requestErrors } from '#values/errors.ts'

/** argon2id as OWASP's password storage sheet asks: 19 MiB, 2 passes, 1 lane; 36 ms on the machine it was measured on. */
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const

/** One hash at a time per process: a wave of log-ins takes one core and 19 MiB, and the API keeps the rest. */
const MAX_WAITING = 100
let waiting = 0
let last: Promise<unknown> = Promise.resolve()

async function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= MAX_WAITING) throw requestErrors.tooMany()
  waiting++
  const mine = last.then(work, work)
  last = mine.catch(() => undefined)
  try {
    return await mine
  } finally {
    waiting--
  }
}

const derive = (password: string, nonce: Buffer, cost: { memory: number; passes: number; parallelism: number; tagLength: number }) =>
  new Promise<Buffer>((resolve, reject) => {
    argon2('argon2id', { message: password.normalize('NFC'), nonce, ...cost }, (error, key) => (error ? reject(error) : resolve(key)))
  })

const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

/** A PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await oneAtATime(() => derive(password, salt, COST))
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(key)}`
}

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

// A hash of no password: whoever names an unknown account waits as long as for a known one.
const NOBODY = `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(randomBytes(16))}$${unpadded(randomBytes(32))}`

/** Takes the same time whether there is such an account or not. */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', key = ''] = PHC.exec(phc ?? NOBODY) ?? []
  if (!memory) throw new Error('A stored password hash cannot be read.')
  const expected = Buffer.from(key, 'base64')
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism), tagLength: expected.length }
  const actual = await oneAtATime(() => derive(password, Buffer.from(salt, 'base64'), cost))
  return timingSafeEqual(actual, expected) && phc !== undefined
}

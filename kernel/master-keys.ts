import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { cryptoProvider } from './crypto.ts'

const MasterKey = z.object({ id: z.string().min(1), algorithm: z.string(), key: z.base64(), createdAt: z.iso.datetime() })
const KeyFile = z
  .object({ current: z.string(), keys: z.array(MasterKey).min(1) })
  .refine(({ current, keys }) => keys.some((key) => key.id === current), { message: 'current names no key', path: ['current'] })
type KeyFile = z.infer<typeof KeyFile>

export interface MasterKey {
  id: string
  algorithm: string
  key: Buffer
  createdAt: Date
}

/** The keys that wrap the organisations' data keys. They live in a file outside the database and nowhere else. */
export interface MasterKeys {
  /** What wraps from now on. Read anew each time: a rotation may run beside us. */
  current(): MasterKey
  /** Throws where the file does not hold it. */
  byId(id: string): MasterKey
  ids(): string[]
}

export const masterKeysIn = (file: string): MasterKeys => ({
  current: () => {
    const read = readKeyFile(file)
    return keyOf(read, read.current, file)
  },
  byId: (id) => keyOf(readKeyFile(file), id, file),
  ids: () => readKeyFile(file).keys.map((key) => key.id),
})

/** Writes a file with a first key. Refuses to touch one that is there. */
export function makeKeyFile(file: string, now: Date): void {
  if (existsSync(file)) throw new Error(`${file} is there already.`)
  const first = newKey(now)
  writeKeyFile(file, { current: first.id, keys: [first] })
}

/** A new current key; the others stay until `dropMasterKeys`. Returns its id. */
export function addMasterKey(file: string, now: Date): string {
  const read = readKeyFile(file)
  const added = newKey(now)
  writeKeyFile(file, { current: added.id, keys: [...read.keys, added] })
  return added.id
}

export function dropMasterKeys(file: string, ids: readonly string[]): void {
  const read = readKeyFile(file)
  if (ids.includes(read.current)) throw new Error('The current master key stays.')
  writeKeyFile(file, { ...read, keys: read.keys.filter((key) => !ids.includes(key.id)) })
}

function keyOf({ keys }: KeyFile, id: string, file: string): MasterKey {
  const found = keys.find((key) => key.id === id)
  if (!found) throw new Error(`${file} does not hold the master key ${id}: restore the file that belongs to this database.`)
  return { id, algorithm: found.algorithm, key: Buffer.from(found.key, 'base64'), createdAt: new Date(found.createdAt) }
}

/** Errors never quote the content. */
function readKeyFile(file: string): KeyFile {
  if ((statSync(file).mode & 0o077) !== 0) throw new Error(`${file} can be read by others: chmod 600 ${file}`)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${file} is damaged: it is no JSON.`)
    throw error
  }
  const parsed = KeyFile.safeParse(content)
  if (!parsed.success) throw new Error(`${file} is damaged: ${parsed.error.issues.map((i) => i.path.join('.')).join(', ')}`)
  return parsed.data
}

const newKey = (now: Date): KeyFile['keys'][number] => ({
  id: `mk-${randomBytes(4).toString('hex')}`,
  algorithm: cryptoProvider.algorithm,
  key: cryptoProvider.newKey().toString('base64'),
  createdAt: now.toISOString(),
})

/** Whole or not at all, and on the disk before anything is wrapped with it. */
function writeKeyFile(file: string, content: KeyFile): void {
  const draft = openSync(`${file}.new`, 'w', 0o600)
  try {
    writeSync(draft, `${JSON.stringify(content, undefined, 2)}\n`)
    fsyncSync(draft)
  } finally {
    closeSync(draft)
  }
  renameSync(`${file}.new`, file)
  const folder = openSync(dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { StartError } from '#embedded/start-error.ts'

const secret = z.string().min(16)

/** Ports and passwords between the processes, kept over restarts; the address and the children's numbers while it runs. */
const Run = z.object({
  passwords: z.object({ superuser: secret, owner: secret, app: secret, system: secret, clickhouse: secret, bus: secret, setup: secret }),
  ports: z.object({ postgres: z.int().optional(), clickhouse: z.int().optional() }),
  /** Of the demo chain, as made at the first start. */
  accounts: z.array(z.record(z.string(), z.string())),
  /** The master keys were made: a missing key file is from then on a loss, not a first start. */
  keysMade: z.boolean().optional(),
  address: z.string().optional(),
  supervisor: z.int().optional(),
  pids: z.record(z.string(), z.int()),
})
export type Run = z.infer<typeof Run>

const runFile = (dataDir: string) => join(dataDir, 'run.json')

/** Undefined when this folder was never started. Refuses a file it cannot read whole: new passwords would lock the data away. */
export function readRun(dataDir: string): Run | undefined {
  const file = runFile(dataDir)
  if (!existsSync(file)) {
    if (!existsSync(join(dataDir, 'postgres'))) return undefined
    throw new StartError({
      zh: `缺少 ${file}（其中有 ${join(dataDir, 'postgres')} 的密码）。未改动任何内容。请从备份恢复该文件，或把 ${dataDir} 移到别处后重新启动（将从空数据开始）。`,
      en: `${file} is missing (it holds the passwords of ${join(dataDir, 'postgres')}). Nothing was changed. Restore it from a back-up, or move ${dataDir} away and start again with no data.`,
    })
  }
  const parsed = Run.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue && issue.path.length > 0 ? `: ${issue.path.join('.')}` : ''
  throw new StartError({
    zh: `${file} 已损坏${where}。未改动任何内容。请从备份恢复该文件，或把 ${dataDir} 移到别处后重新启动（将从空数据开始）。`,
    en: `${file} is damaged${where}. Nothing was changed. Restore it from a back-up, or move ${dataDir} away and start again with no data.`,
  })
}

export function newRun(): Run {
  const password = () => randomBytes(24).toString('base64url')
  return {
    passwords: {
      superuser: password(),
      owner: password(),
      app: password(),
      system: password(),
      clickhouse: password(),
      bus: password(),
      setup: password(),
    },
    ports: {},
    accounts: [],
    pids: {},
  }
}

/** Whole or not at all: a machine that stops half-way leaves the file as it was. */
export function writeRun(dataDir: string, run: Run): void {
  const file = runFile(dataDir)
  const draft = openSync(`${file}.new`, 'w', 0o600)
  try {
    writeSync(draft, `${JSON.stringify(run, undefined, 2)}\n`)
    fsyncSync(draft)
  } finally {
    closeSync(draft)
  }
  renameSync(`${file}.new`, file)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

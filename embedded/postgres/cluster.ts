import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StartError } from '../start-error.ts'
import type { postgresPrograms } from './programs.ts'

const major = '18'

/** Makes the data directory when there is none; refuses one that is not a whole cluster of this version. */
export async function ensureCluster(programs: ReturnType<typeof postgresPrograms>, dataDir: string, password: string): Promise<void> {
  const found = existsSync(dataDir) ? readdirSync(dataDir) : []
  if (found.length === 0) return initialise(programs, dataDir, password)
  if (!found.includes('PG_VERSION')) {
    throw new StartError({
      zh: `${dataDir} 不完整：缺少文件 PG_VERSION。未删除任何内容。请从备份恢复该目录，或把它移到别处后重新启动（将从空库开始）。`,
      en: `${dataDir} is not whole: the file PG_VERSION is missing. Nothing was deleted. Restore the folder from a back-up, or move it away and start again with an empty database.`,
    })
  }
  const version = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim()
  if (version === major) return
  throw new StartError({
    zh: `${dataDir} 属于 PostgreSQL ${version || '（无法识别的版本）'}，本程序自带的是 ${major}。未改动任何内容。`,
    en: `${dataDir} belongs to PostgreSQL ${version || '(unreadable version)'}, the one at hand is ${major}. Nothing was changed.`,
  })
}

/** Beside its final place first, so that a kill half-way leaves nothing that looks like a database. */
async function initialise(programs: ReturnType<typeof postgresPrograms>, dataDir: string, password: string): Promise<void> {
  const draft = `${dataDir}.new`
  const passwordFile = `${dataDir}.password`
  mkdirSync(dirname(dataDir), { recursive: true, mode: 0o700 })
  rmSync(draft, { recursive: true, force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const { file, args } = programs('initdb', [
    ...['-D', draft, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    // C.UTF-8 of the builtin provider: the same order on every machine, and no library up-grade ever breaks an index.
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  ])
  try {
    await promisify(execFile)(file, args)
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim()
    throw new StartError({
      zh: `无法建立数据库目录 ${dataDir}：${output}`,
      en: `The database folder ${dataDir} could not be made: ${output}`,
    })
  } finally {
    rmSync(passwordFile, { force: true })
  }
  if (existsSync(dataDir)) rmSync(dataDir, { recursive: true })
  renameSync(draft, dataDir)
}

import { cp, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { copyCluster } from '#embedded/postgres/copy-cluster.ts'
import { StartError } from '#embedded/start-error.ts'
import { systemClock } from '#kernel/clock.ts'
import { type Config, readConfig } from '../supervisor/config.ts'
import { type Run, readRun } from '../supervisor/run-file.ts'
import { openStores, type Stores } from '../supervisor/stores.ts'
import { bytesBelow, gibibytes, leave, remainingEntries } from './folders.ts'
import { type Manifest, readManifest, writeManifest } from './manifest.ts'
import { copyStore } from './store-copy.ts'

// `npm run backup -- DIR [--keep N]`: a whole copy of all stores, made while the platform runs or stands still.

interface Wanted {
  target: string
  keep: number | undefined
}

function readArguments(): Wanted {
  const usage = new StartError({
    zh: '用法：npm run backup -- 目录 [--keep 保留份数]',
    en: 'Usage: npm run backup -- FOLDER [--keep HOW_MANY]',
  })
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: 'string' } } })
    const keep = values.keep === undefined ? undefined : Number(values.keep)
    if (positionals.length !== 1 || (keep !== undefined && !(Number.isInteger(keep) && keep >= 1))) throw usage
    return { target: resolve(positionals[0]!), keep }
  } catch {
    throw usage
  }
}

async function demandRoom({ dataDir }: Config, target: string): Promise<void> {
  if (!relative(dataDir, target).startsWith('..')) {
    throw new StartError({
      zh: `备份目录不能在数据目录 ${dataDir} 之内。请换一个目录，最好在另一块磁盘上。`,
      en: `The back-up must not lie inside the data folder ${dataDir}. Choose another folder, best on another disk.`,
    })
  }
  await mkdir(target, { recursive: true, mode: 0o700 })
  const needed = await bytesBelow(dataDir)
  const { bavail, bsize } = await statfs(target)
  if (bavail * bsize > needed) return
  throw new StartError({
    zh: `${target} 空间不足：需要约 ${gibibytes(needed)}，可用 ${gibibytes(bavail * bsize)}。未写入任何内容。`,
    en: `Not enough room in ${target}: about ${gibibytes(needed)} are needed, ${gibibytes(bavail * bsize)} are free. Nothing was written.`,
  })
}

/**
 * ClickHouse first, PostgreSQL next, files last: what a copy of an earlier store names, a later one has. A series number that telemetry
 * uses is then never given away a second time after a restore.
 */
async function copyAll(config: Config, run: Run, stores: Stores, folder: string): Promise<Omit<Manifest, 'format' | 'files' | 'at'>> {
  const clickhouse = config.clickhouseUrl === undefined ? await copyClickHouse(config, stores, folder) : null
  const postgres =
    stores.superuserUrl === undefined
      ? null
      : await copyCluster(stores.superuserUrl, join(config.dataDir, 'postgres'), join(folder, 'postgres'))
  for (const name of await remainingEntries(config)) await cp(join(config.dataDir, name), join(folder, 'data', name), { recursive: true })
  // Neither the processes nor the address of the platform that was copied are those of the one it will be.
  const { pids: _pids, supervisor: _supervisor, address: _address, ...kept } = run
  await mkdir(join(folder, 'data'), { recursive: true })
  await writeFile(join(folder, 'data/run.json'), JSON.stringify({ ...kept, pids: {} }), { mode: 0o600 })
  return { postgres, clickhouse }
}

async function copyClickHouse({ dataDir }: Config, { clickhouseUrl }: Stores, folder: string): Promise<Manifest['clickhouse']> {
  const name = `copy-${process.pid}`
  const written = join(dataDir, 'clickhouse/backups', name)
  try {
    await copyStore('backup', clickhouseUrl, name)
    await cp(written, join(folder, 'clickhouse'), { recursive: true })
  } finally {
    await rm(written, { recursive: true, force: true })
  }
  return { database: new URL(clickhouseUrl).pathname.slice(1) }
}

/** The oldest beyond the number go, and the log that only they needed. */
async function prune(target: string, keep: number, walArchive: string | undefined): Promise<string[]> {
  const names = (await readdir(target)).filter((name) => /^lianshu-\d{8}T\d{6}Z$/.test(name)).sort()
  const gone = names.slice(0, Math.max(0, names.length - keep))
  for (const name of gone) await rm(join(target, name), { recursive: true })
  const oldest = await readManifest(join(target, names[gone.length] ?? ''))
  const first = oldest?.postgres?.firstWal
  if (walArchive === undefined || first === undefined) return gone
  for (const name of await readdir(walArchive)) if (/^[0-9A-F]{24}$/.test(name) && name < first) await rm(join(walArchive, name))
  return gone
}

async function main(): Promise<void> {
  const { target, keep } = readArguments()
  const config = readConfig([])
  const run = readRun(config.dataDir)
  if (!run) throw new StartError({ zh: `${config.dataDir} 中没有平台数据。`, en: `${config.dataDir} holds no platform.` })
  await demandRoom(config, target)
  const at = systemClock.now()
  const folder = join(target, `lianshu-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`)
  const part = `${folder}.part`
  const stores = await openStores(config, run)
  try {
    await mkdir(part, { mode: 0o700 })
    const facts = await copyAll(config, run, stores, part)
    const { files } = await writeManifest(part, { at: at.toISOString(), ...facts })
    await rename(part, folder)
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
    console.log(`备份完成：${folder}（${files.length} 个文件，${gibibytes(bytes)}）。其中含密码与密钥，请妥善保管。`)
    console.log(`Backed up: ${folder} (${files.length} files, ${gibibytes(bytes)}). It holds passwords and keys: keep it safe.`)
    if (!facts.postgres) console.log('DATABASE_URL 指定的 PostgreSQL 请用其自身工具备份。 PostgreSQL of DATABASE_URL: use its own tools.')
    if (!facts.clickhouse)
      console.log('CLICKHOUSE_URL 指定的 ClickHouse 请用其自身工具备份。 ClickHouse of CLICKHOUSE_URL: use its own tools.')
    if (keep !== undefined) {
      for (const name of await prune(target, keep, config.walArchive)) console.log(`已删除旧备份 Removed the old back-up ${name}`)
    }
  } finally {
    await rm(part, { recursive: true, force: true })
    await stores.stop()
  }
}

await main().catch(leave)

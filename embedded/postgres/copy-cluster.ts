import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'

/** Which write-ahead log a copy needs to be whole, and which it begins with: older segments are of no use to it. */
export interface ClusterCopy {
  firstWal: string
  lastWal: string
}

/** PostgreSQL 18 §25.3.4: what stays out of a copy, since it belongs to the running server or is made anew. */
const emptied = new Set(['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans'])
const leftOut = /^(postmaster\.(pid|opts)|pg_internal\.init|pgsql_tmp.*|backup_label(\.old)?|tablespace_map)$/
const segment = /^[0-9A-F]{24}$/
const history = /^[0-9A-F]{8}\.history$/

/**
 * Copies a cluster that is in use, by PostgreSQL's low-level interface (§25.3.4): what is torn in a file that changes meanwhile is mended
 * from the log that is copied with it. A temporary replication slot keeps that log until it is copied.
 */
export async function copyCluster(superuserUrl: string, dataDir: string, target: string): Promise<ClusterCopy> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    await client.query('select pg_create_physical_replication_slot($1, true, true)', [`lianshu_copy_${process.pid}`])
    await client.query("select pg_backup_start('lianshu', true)")
    await copyFolder(dataDir, target, true)
    const { rows } = await client.query<{ label: string; map: string; last: string }>(
      'select labelfile as label, spcmapfile as map, pg_walfile_name(lsn) as last from pg_backup_stop(false)',
    )
    const stopped = rows[0]
    const firstWal = /^START WAL LOCATION: .* \(file ([0-9A-F]{24})\)/m.exec(stopped?.label ?? '')?.[1]
    if (!stopped || firstWal === undefined) throw new Error('PostgreSQL gave no label for the copy.')
    if (stopped.map.trim() !== '') throw new Error('The cluster has tablespaces of its own: copy it with pg_basebackup.')
    await writeFile(join(target, 'backup_label'), stopped.label, { mode: 0o600 })
    // The last segment is being written: a switch ends it, so that it is copied whole.
    await client.query('select pg_switch_wal()')
    await copyWal(join(dataDir, 'pg_wal'), join(target, 'pg_wal'), firstWal, stopped.last)
    return { firstWal, lastWal: stopped.last }
  } finally {
    await client.end()
  }
}

async function copyFolder(from: string, to: string, top: boolean): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (leftOut.test(entry.name)) continue
    const [source, copy] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) {
      if (top && emptied.has(entry.name)) await mkdir(copy, { mode: 0o700 })
      else await copyFolder(source, copy, false)
    } else if (entry.isFile()) await copyUnlessGone(source, copy)
  }
}

/** A table dropped meanwhile takes its file with it. */
async function copyUnlessGone(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}

async function copyWal(from: string, to: string, first: string, last: string): Promise<void> {
  const names = await readdir(from)
  const wanted = names.filter((name) => history.test(name) || (segment.test(name) && name >= first && name <= last))
  if (!wanted.includes(first) || !wanted.includes(last)) throw new Error(`The log from ${first} to ${last} is not whole in ${from}.`)
  for (const name of wanted) await copyFile(join(from, name), join(to, name))
}

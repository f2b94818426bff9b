import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { StartError } from '#embedded/start-error.ts'

/** What a back-up is and holds; a folder without it is no back-up, but the rest of one that was broken off. */
const Manifest = z.object({
  format: z.literal('lianshu.backup/1'),
  at: z.iso.datetime(),
  /** Null where the store is a server of one's own, which has tools of its own. */
  postgres: z.object({ firstWal: z.string(), lastWal: z.string() }).nullable(),
  clickhouse: z.object({ database: z.string() }).nullable(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
})
export type Manifest = z.infer<typeof Manifest>

const FILE = 'manifest.json'

export async function writeManifest(folder: string, facts: Omit<Manifest, 'format' | 'files'>): Promise<Manifest> {
  const files: Manifest['files'] = []
  for await (const path of filesBelow(folder)) files.push(await fingerprint(folder, path))
  const manifest: Manifest = { format: 'lianshu.backup/1', ...facts, files }
  await writeFile(join(folder, FILE), JSON.stringify(manifest), { mode: 0o600 })
  return manifest
}

/** Undefined for a folder that is no back-up. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')))
  } catch {
    return undefined
  }
}

/** Throws a StartError that names the first file which is missing, cut short or changed. */
export async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const file of files) {
    const found = await fingerprint(folder, join(folder, file.path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return undefined
    })
    if (found?.sha256 === file.sha256) continue
    throw new StartError({
      zh: `备份 ${folder} 不完整：文件 ${file.path} ${found ? '已被改动' : '缺失'}。未恢复任何内容。`,
      en: `The back-up ${folder} is not whole: the file ${file.path} ${found ? 'was changed' : 'is missing'}. Nothing was restored.`,
    })
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

async function fingerprint(folder: string, path: string): Promise<Manifest['files'][number]> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return { path: relative(folder, path), bytes: (await stat(path)).size, sha256: hash.digest('hex') }
}

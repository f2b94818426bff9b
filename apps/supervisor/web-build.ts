import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChildLog } from './child-log.ts'
import { root } from './config.ts'
import { runProgram } from './run-program.ts'

const sources = [
  'apps/web/**/*',
  'ui/**/*',
  'values/**/*',
  'sdk/*.ts',
  'modules/*/*/web/**/*',
  'modules/*/*/*.{ts,json}',
  'package-lock.json',
]
const stamp = join(root, 'node_modules/.lianshu-web')

/** Undefined when the built page belongs to the sources at hand, else their hash. */
export function staleWeb(): string | undefined {
  const hash = createHash('sha256')
  const files = globSync(sources, { cwd: root, exclude: ['apps/web/dist/**', '**/*.test.*'], withFileTypes: true })
  for (const path of files.flatMap((file) => (file.isFile() ? [join(file.parentPath, file.name)] : [])).sort()) {
    hash.update(path.slice(root.length)).update('\0').update(readFileSync(path))
  }
  const now = hash.digest('hex')
  const built =
    existsSync(join(root, 'apps/web/dist/index.html')) &&
    existsSync(join(root, 'sdk/dist/lianshu-sdk.js')) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8')
  return built === now ? undefined : now
}

export async function buildWeb(hash: string, log: ChildLog, signal: AbortSignal): Promise<void> {
  await runProgram({ name: 'web', file: process.execPath, args: [join(root, 'node_modules/vite/bin/vite.js'), 'build'], log }, signal)
  await runProgram({ name: 'sdk', file: process.execPath, args: [join(root, 'tools/build-sdk.ts')], log }, signal)
  writeFileSync(stamp, hash)
}

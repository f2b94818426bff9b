import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './source-files.ts'

/** The project's files in a folder of their own, so that what is made is tried without touching the real one. */
export function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'lianshu-copy-'))
  for (const file of execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  // What the compiler knows of the project already: in the copy it looks at what is new alone.
  if (existsSync(join(root, '.cache'))) cpSync(join(root, '.cache'), join(copy, '.cache'), { recursive: true })
  // The checks ask git which files there are.
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
  ])
    execFileSync('git', args, { cwd: copy })
  return copy
}

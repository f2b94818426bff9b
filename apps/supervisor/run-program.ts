import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { StartError } from '#embedded/start-error.ts'
import type { ChildLog } from './child-log.ts'
import { root } from './config.ts'

/** Runs a program to its end; what it says goes to the log. */
export async function runProgram(
  { name, file, args, log }: { name: string; file: string; args: string[]; log: ChildLog },
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => child.kill('SIGKILL')
  signal.addEventListener('abort', end)
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', (line) => log.line(line))
  const [code] = await once(child, 'close')
  signal.removeEventListener('abort', end)
  if (code === 0) return
  throw new StartError({
    zh: `${name} 构建失败。日志：${log.file}`,
    en: `Building ${name} failed. Log: ${log.file}\n${log.tail().join('\n')}`,
  })
}

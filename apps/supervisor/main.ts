import { join } from 'node:path'
import { StartError } from '#embedded/start-error.ts'
import { openChildLog, rotate } from './child-log.ts'
import { type Config, readConfig } from './config.ts'
import { createKeeper } from './keeper.ts'
import { endLeftovers } from './leftovers.ts'
import { takeLock } from './lock.ts'
import { startPlatform } from './platform.ts'
import { newRun, type Run, readRun, writeRun } from './run-file.ts'

// The process of `npm start`: starts every part, keeps it alive, stops all in reverse order.

const say = (zh: string, en: string) => console.log(`${zh}  ${en}`)
const complain = (zh: string, en: string) => console.error(`\n${zh}\n${en}`)
// Whoever read our output may go; the platform stays.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2))
  const lock = await takeLock(config.dataDir)
  if (lock.kind === 'held') throw alreadyRunning(config)
  const run = readRun(config.dataDir) ?? newRun()
  await endLeftovers(run.pids)
  rotate(join(config.dataDir, 'logs/postgres.log'))
  const save = () => writeRun(config.dataDir, run)
  Object.assign(run, { pids: {}, supervisor: process.pid })
  delete run.address
  save()

  const startedMs = performance.now()
  const platform = supervise(config, run, save)
  try {
    await startPlatform({ config, run, save, say, ...platform })
    run.address = addressOf(config)
    save()
    welcome(config, run, performance.now() - startedMs)
  } catch (error) {
    if (!platform.signal.aborted) await platform.end(1, error)
  }
}

/** Signals, deaths and the one way out, whatever the reason. */
function supervise(config: Config, run: Run, save: () => void) {
  const stopping = new AbortController()
  const keeper = createKeeper({
    pids: (pids) => {
      run.pids = pids
      save()
    },
    died: (part, reason, waitMs) =>
      complain(
        `${part} 意外结束（${reason}），${waitMs} 毫秒后重启。`,
        `${part} ended unexpectedly (${reason}); starting it again in ${waitMs} ms.`,
      ),
    cameBack: (part) => say(`${part} 已恢复。`, `${part} is back.`),
    gaveUp: (part, reason) => void end(1, tooManyDeaths(config, part, reason)),
  })

  async function end(code: number, error?: unknown): Promise<void> {
    if (stopping.signal.aborted) return
    if (error !== undefined) tell(error)
    say('\n正在停止…', 'Stopping …')
    stopping.abort()
    await keeper.stop()
    delete run.address
    delete run.supervisor
    run.pids = {}
    save()
    say('已停止。', 'Stopped.')
    process.exit(code)
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping.signal.aborted) return void end(0)
      // The second time somebody is in a hurry. What was committed is on disk all the same.
      keeper.kill()
      process.exit(1)
    })
  }
  // The process that started us (npm, start.mjs) was killed outright.
  process.once('disconnect', () => void end(0))
  process.on('uncaughtException', (error) => void end(1, error))
  const log = (name: string) => openChildLog(join(config.dataDir, 'logs'), name, (text) => console.error(`[${name}] ${text}`))
  return { keeper, signal: stopping.signal, log, end }
}

function addressOf({ host, httpPort, tls }: Config): string {
  const named = host.includes(':') ? `[${host}]` : host
  return tls ? `https://${named}:${tls.httpsPort}` : `http://${named}:${httpPort}`
}

function welcome(config: Config, run: Run, tookMs: number): void {
  const lines = [
    '',
    `链枢已启动（${(tookMs / 1000).toFixed(1)} 秒）  Lianshu is running (${(tookMs / 1000).toFixed(1)} s)`,
    `  页面 Page   ${run.address}`,
    `  MQTT        ${config.host}:${config.tls ? `${config.tls.mqttsPort} (TLS)` : config.mqttPort}`,
    ...(config.demo && run.accounts.length > 0 ? ['  演示账号 Demo accounts'] : []),
    ...(config.demo ? run.accounts.map((account) => `    ${Object.values(account).join('  ')}`) : []),
    // Also where the demo chain was removed.
    ...(config.demo && run.accounts.length > 0
      ? []
      : [`  空平台的首位管理员须填写安装码  Set-up code for the first administrator of an empty platform   ${run.passwords.setup}`]),
    `  日志 Logs   ${join(config.dataDir, 'logs')}`,
    '  停止：Ctrl-C   To stop: Ctrl-C',
    '',
  ]
  console.log(lines.join('\n'))
}

function alreadyRunning({ dataDir }: Config): StartError {
  const run = readRun(dataDir)
  const where = run?.address ?? ''
  return new StartError({
    zh: `平台已在此目录（${dataDir}）运行：${where || '正在启动'}（进程 ${run?.supervisor ?? '?'}）。未做任何改动。`,
    en: `The platform already runs on this folder (${dataDir}): ${where || 'it is starting'} (process ${run?.supervisor ?? '?'}). Nothing was changed.`,
  })
}

function tooManyDeaths({ dataDir }: Config, part: string, reason: string): StartError {
  const log = join(dataDir, 'logs', `${part}.log`)
  return new StartError({
    zh: `${part} 在 60 秒内多次结束，不再重启，全部停止。日志：${log}`,
    en: `${part} ended too often within 60 s and is not started again; everything stops. Log: ${log}\n${reason}`,
  })
}

function tell(error: unknown): void {
  const { code, path, message, stack } = error as NodeJS.ErrnoException
  if (error instanceof StartError) complain(error.zh, error.en)
  else if (code === 'EACCES' || code === 'EPERM') {
    complain(
      `没有权限：${path ?? message}。该目录可能由另一用户建立。`,
      `Permission denied: ${path ?? message}. Another user may have made it.`,
    )
  } else complain('启动失败。', stack ?? message)
}

await main().catch((error: unknown) => {
  tell(error)
  process.exit(1)
})

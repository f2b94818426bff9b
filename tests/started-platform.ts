import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#embedded/ports.ts'
import type { CertificateFiles } from '#kernel/certificate.ts'

const root = resolve(import.meta.dirname, '..')
const START_WITHIN_MS = 120_000
const STOP_WITHIN_MS = 20_000

/** What the supervisor keeps in run.json, as far as tests, benches and fault runs read it. */
export interface RunFile {
  address?: string
  pids: Record<string, number>
  ports: Record<string, number>
  passwords: Record<string, string>
  accounts: { login: string; password: string; organisation: string; role: string }[]
}

export interface StartedPlatform {
  address: string
  mqttPort: number
  /** The ports over TLS, where a certificate was given. */
  secure: { httpsPort: number; mqttsPort: number }
  dataDir: string
  process: ChildProcess
  run(): RunFile
  stop(): Promise<void>
}

/** The whole platform as `npm start` runs it, in a data folder and on ports of its own; `stop` ends it and removes the folder it made. */
export async function startPlatform(
  options: { demo?: boolean; dataDir?: string; certificate?: CertificateFiles; env?: Record<string, string> } = {},
): Promise<StartedPlatform> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'lianshu-'))
  const [httpPort, mqttPort] = [await freePort(), await freePort()]
  const secure = { httpsPort: await freePort(), mqttsPort: await freePort() }
  const { certificate } = options
  const tls = certificate && {
    TLS_CERT_FILE: certificate.certFile,
    TLS_KEY_FILE: certificate.keyFile,
    HTTPS_PORT: String(secure.httpsPort),
    MQTTS_PORT: String(secure.mqttsPort),
  }
  const args = [join(root, 'apps/supervisor/main.ts'), ...(options.demo ? [] : ['--no-demo'])]
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...tls, ...options.env, LIANSHU_DATA: dataDir, HTTP_PORT: String(httpPort), MQTT_PORT: String(mqttPort) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => said.push(String(text)))
  const run = () => JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunFile
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await Promise.race([once(child, 'exit'), sleep(STOP_WITHIN_MS, undefined, { ref: false }).then(() => child.kill('SIGKILL'))])
    }
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  const address = `http://127.0.0.1:${httpPort}`
  const until = performance.now() + START_WITHIN_MS
  while (performance.now() < until && child.exitCode === null) {
    const ready = await fetch(`${address}/api/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ready && runningAddress(run)) return { address, mqttPort, secure, dataDir, process: child, run, stop }
    await sleep(100)
  }
  await stop()
  throw new Error(`The platform did not start:\n${said.join('').slice(-4000)}`)
}

function runningAddress(run: () => RunFile): string | undefined {
  try {
    return run().address
  } catch {
    return undefined
  }
}

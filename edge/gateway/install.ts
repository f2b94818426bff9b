import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ServiceSettings, unitOf } from './unit.ts'

const words = {
  zh: {
    usage: '用法：lianshu-gateway install [--memory 兆字节] [--cpu 百分比] [--folder 设置文件夹] [--root 文件夹]',
    limits: '内存上限为 128–65536 MB，CPU 上限为 5–6400%。',
    root: '安装为系统服务须以 root 执行（sudo）。没有改动任何文件。',
    systemd: '此主机没有运行 systemd。没有改动任何文件；请用自己的方式让程序常驻。',
    config: (file: string) => `没有找到 ${file}：请先用网关页面上的登记码登记（enrol），再安装。没有改动任何文件。`,
    written: (unit: string) => `已写入 ${unit}；没有启动任何服务。`,
    done: (memoryMb: number, cpu: number) =>
      `已安装并启动，开机自动运行；内存上限 ${memoryMb} MB，CPU 上限 ${cpu}%。查看：systemctl status lianshu-gateway`,
    failed: (why: string) => `服务没有启动：${why}。请查看 journalctl -u lianshu-gateway。`,
  },
  en: {
    usage: 'Usage: lianshu-gateway install [--memory MEGABYTES] [--cpu PERCENT] [--folder SETTINGS] [--root FOLDER]',
    limits: 'The memory limit is 128–65536 MB, the CPU limit 5–6400%.',
    root: 'To install the service takes root (sudo). No file was changed.',
    systemd: 'This computer does not run systemd. No file was changed; keep the program running in your own way.',
    config: (file: string) => `There is no ${file}: enrol first, by the code of the gateway’s page. No file was changed.`,
    written: (unit: string) => `${unit} is written; no service was started.`,
    done: (memoryMb: number, cpu: number) =>
      `Installed and started, also after a restart; at most ${memoryMb} MB of memory and ${cpu}% of a processor. See: systemctl status lianshu-gateway`,
    failed: (why: string) => `The service did not start: ${why}. See journalctl -u lianshu-gateway.`,
  },
} as const

/** What went wrong, in words for whoever typed the command. */
export class InstallFailed extends Error {}

/**
 * Lays down program and unit and starts the service, once the computer is enrolled; the same again brings a newer program or other limits.
 * `--root` lays the files below another folder and starts nothing. Errors: InstallFailed.
 */
export function install(args: string[], isChinese: boolean, program: string, node = process.execPath): string {
  const say = isChinese ? words.zh : words.en
  const { root, folder, memoryMb, cpuPercent } = readCommand(args, say)
  if (root === undefined && process.getuid?.() !== 0) throw new InstallFailed(say.root)
  if (root === undefined && !existsSync('/run/systemd/system')) throw new InstallFailed(say.systemd)
  const under = (path: string) => join(root ?? '/', path)
  const config = join(folder, 'gateway.json')
  if (!existsSync(under(config))) throw new InstallFailed(say.config(under(config)))
  const { caFile } = JSON.parse(readFileSync(under(config), 'utf8')) as { caFile?: string }
  const place = '/opt/lianshu/lianshu-gateway.js'
  mkdirSync(dirname(under(place)), { recursive: true })
  if (resolve(program) !== under(place)) copyFileSync(program, under(place))
  const unit = under('/etc/systemd/system/lianshu-gateway.service')
  mkdirSync(dirname(unit), { recursive: true })
  writeFileSync(unit, unitOf({ node, program: place, folder, memoryMb, cpuPercent, ...(caFile === undefined ? {} : { caFile }) }))
  if (root !== undefined) return say.written(unit)
  try {
    execFileSync('systemctl', ['daemon-reload'])
    execFileSync('systemctl', ['enable', 'lianshu-gateway.service'], { stdio: 'pipe' })
    execFileSync('systemctl', ['restart', 'lianshu-gateway.service'], { stdio: 'pipe' })
  } catch (error) {
    throw new InstallFailed(say.failed(String((error as { stderr?: Buffer }).stderr ?? error).trim()))
  }
  return say.done(memoryMb, cpuPercent)
}

function readCommand(args: string[], say: (typeof words)['zh' | 'en']) {
  const text = { type: 'string' } as const
  let values: { memory?: string; cpu?: string; folder?: string; root?: string }
  try {
    values = parseArgs({ args, options: { memory: text, cpu: text, folder: text, root: text } }).values
  } catch {
    throw new InstallFailed(say.usage)
  }
  const limits = ServiceSettings.safeParse({ memoryMb: values.memory, cpuPercent: values.cpu })
  if (!limits.success) throw new InstallFailed(say.limits)
  return {
    ...limits.data,
    folder: resolve(values.folder ?? '/etc/lianshu'),
    root: values.root === undefined ? undefined : resolve(values.root),
  }
}

import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gatewaysApi } from '#modules/shopfloor/gateways/contract.ts'
import { LOCAL_PAGE_PORT } from './local-page/serve-page.ts'
import { Refused, WireClient } from './wire-client.ts'

const words = {
  zh: {
    usage: '用法：lianshu-gateway enrol <平台地址> <登记码> [--folder 文件夹] [--ca 证书文件] [--replace]',
    address: (url: string) => `“${url}”不是平台地址。请照抄网关页面上的命令，例如 https://platform.example.com`,
    plain: (url: string) => `${url} 不加密，登记码和凭据会被旁人看到。请使用 https:// 地址。`,
    there: (file: string) => `${file} 已存在，此主机已登记过。要换成新的凭据，请加 --replace；登记码没有用掉。`,
    folder: (folder: string, why: string) => `无法写入文件夹 ${folder}（${why}）。请换用 --folder 或以 root 执行；登记码没有用掉。`,
    away: (url: string, why: string) => `无法访问 ${url}（${why}）。请检查地址、网络和证书（自签证书用 --ca 指定）。`,
    refused: (detail: string) => `平台没有接受：${detail}`,
    done: (user: string, config: string) => `已登记为 ${user}，设置保存在 ${config}，密钥文件仅本用户可读。启动：`,
    service: '安装为系统服务（随机启动，限定内存与 CPU）：',
  },
  en: {
    usage: 'Usage: lianshu-gateway enrol <platform> <code> [--folder FOLDER] [--ca FILE] [--replace]',
    address: (url: string) =>
      `“${url}” is no address of a platform. Copy the command from the gateway’s page, as https://platform.example.com`,
    plain: (url: string) => `${url} is not encrypted: others would see code and credential. Use its https:// address.`,
    there: (file: string) => `${file} is there: this computer is enrolled. Add --replace for a new credential; the code was not used.`,
    folder: (folder: string, why: string) =>
      `The folder ${folder} cannot be written to (${why}). Use --folder or be root; the code was not used.`,
    away: (url: string, why: string) =>
      `${url} cannot be reached (${why}). Check address, network and certificate (--ca names one of your own).`,
    refused: (detail: string) => `The platform did not accept it: ${detail}`,
    done: (user: string, config: string) => `Enrolled as ${user}; settings in ${config}, the secret readable by this user alone. Start:`,
    service: 'As a service, started with the computer, within limits of memory and processor:',
  },
} as const

/** What went wrong, in words for whoever typed the command. */
export class EnrolFailed extends Error {}

/**
 * `enrol <platform> <code>`: the code of the gateway's page for its credential, kept in files that only this user reads; says how to start.
 * Nothing is asked of the platform before the folder is known to take the files: a code works once. Errors: EnrolFailed.
 */
export async function enrol(args: string[], isChinese: boolean): Promise<string> {
  const say = isChinese ? words.zh : words.en
  const { url, code, folder, caFile, replace } = readCommand(args, say)
  const server = addressOf(url, say)
  const [config, secretFile] = [join(folder, 'gateway.json'), join(folder, 'gateway.secret')]
  if (existsSync(config) && !replace) throw new EnrolFailed(say.there(config))
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK)
    keep(secretFile, existsSync(secretFile) ? readFileSync(secretFile, 'utf8') : '')
  } catch (error) {
    throw new EnrolFailed(say.folder(folder, (error as NodeJS.ErrnoException).code ?? ''))
  }
  const ca = caFile === undefined ? undefined : readCertificate(caFile, say)
  const wire = new WireClient({ url: server, language: isChinese ? 'zh-CN' : 'en-US', ca })
  const granted = await wire
    .call(gatewaysApi.wireEnrol, { body: { code }, signal: new AbortController().signal })
    .catch((error: unknown) => {
      if (error instanceof Refused && error.detail !== '') throw new EnrolFailed(say.refused(error.detail))
      throw new EnrolFailed(
        say.away(server, error instanceof Refused ? error.message : ((error as NodeJS.ErrnoException).code ?? String(error))),
      )
    })
    .finally(() => wire.close())
  const { port, secure } = granted.mqtt
  keep(secretFile, `${granted.secret}\n`)
  const settings = {
    server,
    mqtt: `${secure ? 'mqtts' : 'mqtt'}://${new URL(server).hostname}:${port}`,
    user: granted.userName,
    secretFile,
    ...(caFile === undefined ? {} : { caFile }),
    dataDir: join(folder, 'data'),
    pagePort: LOCAL_PAGE_PORT,
  }
  keep(config, `${JSON.stringify(settings, null, 2)}\n`)
  const program = process.argv[1] ?? 'lianshu-gateway.js'
  return [
    say.done(granted.userName, config),
    `  node ${program} --config ${config}`,
    say.service,
    `  sudo node ${program} install --folder ${folder}`,
  ].join('\n')
}

type Words = (typeof words)['zh' | 'en']

function readCommand(args: string[], say: Words) {
  const options = { folder: { type: 'string' }, ca: { type: 'string' }, replace: { type: 'boolean', default: false } } as const
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true; args: string[] }>>
  try {
    parsed = parseArgs({ args, options, allowPositionals: true })
  } catch {
    throw new EnrolFailed(say.usage)
  }
  const { values, positionals } = parsed
  // A code that was read out may be typed with blanks between its groups.
  const [url, ...code] = positionals
  if (url === undefined || code.length === 0) throw new EnrolFailed(say.usage)
  const folder = values.folder ?? (process.getuid?.() === 0 ? '/etc/lianshu' : join(homedir(), '.lianshu-gateway'))
  return {
    url,
    code: code.join('-'),
    folder: resolve(folder),
    caFile: values.ca === undefined ? undefined : resolve(values.ca),
    replace: values.replace,
  }
}

/** Without encryption only to this computer itself. */
function addressOf(typed: string, say: Words): string {
  if (!URL.canParse(typed) || !/^https?:\/\//.test(typed)) throw new EnrolFailed(say.address(typed))
  const { protocol, hostname, origin } = new URL(typed)
  if (protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) throw new EnrolFailed(say.plain(origin))
  return origin
}

function readCertificate(file: string, say: Words): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new EnrolFailed(say.folder(file, (error as NodeJS.ErrnoException).code ?? ''))
  }
}

/** Whole or not at all, and never readable by others for a moment. */
function keep(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  chmodSync(`${file}.new`, 0o600)
  renameSync(`${file}.new`, file)
}

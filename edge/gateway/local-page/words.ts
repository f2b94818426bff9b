import dlt645En from '../../drivers/dlt645/en.json' with { type: 'json' }
import dlt645Zh from '../../drivers/dlt645/zh.json' with { type: 'json' }
import mcEn from '../../drivers/mc/en.json' with { type: 'json' }
import mcZh from '../../drivers/mc/zh.json' with { type: 'json' }
import modbusEn from '../../drivers/modbus/en.json' with { type: 'json' }
import modbusZh from '../../drivers/modbus/zh.json' with { type: 'json' }
import opcuaEn from '../../drivers/opcua/en.json' with { type: 'json' }
import opcuaZh from '../../drivers/opcua/zh.json' with { type: 'json' }
import s7En from '../../drivers/s7/en.json' with { type: 'json' }
import s7Zh from '../../drivers/s7/zh.json' with { type: 'json' }

export type Language = 'zh' | 'en'

export const words = {
  zh: {
    title: '采集网关',
    gateway: '网关',
    platform: '平台',
    connected: '已连接，自',
    away: '未连接，数据留存在本机',
    queue: '待传队列',
    batches: (n: number) => `${n} 批`,
    oldest: '最早待传',
    dropped: '累计丢弃的值',
    version: '版本',
    since: '启动于',
    load: '内存与 CPU',
    links: '链路与设备',
    noLinks: '还没有从平台取得链路。',
    states: { connecting: '正在连接', connected: '已连通', failed: '未连通', disabled: '已停用' },
    units: { ok: '正常', failing: '读取失败', open: '无应答', halfOpen: '正在重试' },
    points: (good: number, bad: number) => (bad === 0 ? `${good} 个点正常` : `${good} 个点正常，${bad} 个读不到`),
    troubles: '最近的告警与错误',
    noTroubles: '没有。',
    readOnly: '本页只读；设置请在平台的采集网关页面修改。',
  },
  en: {
    title: 'Edge gateway',
    gateway: 'Gateway',
    platform: 'Platform',
    connected: 'connected since',
    away: 'not connected; data is kept here',
    queue: 'Waiting to be sent',
    batches: (n: number) => `${n} batches`,
    oldest: 'Oldest of them',
    dropped: 'Values dropped so far',
    version: 'Version',
    since: 'started',
    load: 'Memory and processor',
    links: 'Links and devices',
    noLinks: 'No links have come from the platform yet.',
    states: { connecting: 'connecting', connected: 'connected', failed: 'not connected', disabled: 'switched off' },
    units: { ok: 'good', failing: 'failing', open: 'no answer', halfOpen: 'being tried' },
    points: (good: number, bad: number) => (bad === 0 ? `${good} points good` : `${good} points good, ${bad} not read`),
    troubles: 'Last warnings and errors',
    noTroubles: 'None.',
    readOnly: 'This page changes nothing; settings are made on the gateway’s page of the platform.',
  },
} as const

/** The gateway's own codes that a person at the computer can do something about. */
const own = {
  zh: {
    platformUnreachable: '无法访问平台：请检查网络、地址与证书。',
    uplinkLost: '与平台的连接断开。',
    wrongCredential: '平台不接受凭据：请在网关页面重新登记。',
    linkFailed: '链路出错。',
    hostUnknown: '找不到该主机名。',
    addressNotDeclared: '地址不在厂区已声明的网络内。',
    unitOpen: '设备无应答。',
    clockSkewed: '本机时钟与平台相差 {{seconds}} 秒：请校时。',
    batchRefused: '平台不接受一批数据，已隔离。',
    pageFailed: '本机页面无法打开：{{error}}',
  },
  en: {
    platformUnreachable: 'The platform cannot be reached: check network, address and certificate.',
    uplinkLost: 'The connection to the platform broke.',
    wrongCredential: 'The platform does not accept the credential: enrol anew on the gateway’s page.',
    linkFailed: 'The link failed.',
    hostUnknown: 'There is no host of this name.',
    addressNotDeclared: 'The address lies in no network that the site declared.',
    unitOpen: 'The device does not answer.',
    clockSkewed: 'This computer’s clock is {{seconds}} s off the platform’s: set it.',
    batchRefused: 'The platform refused a batch for good; it is set aside.',
    pageFailed: 'The local page cannot be served: {{error}}',
  },
}

const byProtocol: Record<Language, Record<string, Record<string, string>>> = {
  zh: { dlt645: dlt645Zh, gateways: own.zh, mc: mcZh, modbus: modbusZh, opcua: opcuaZh, s7: s7Zh },
  en: { dlt645: dlt645En, gateways: own.en, mc: mcEn, modbus: modbusEn, opcua: opcuaEn, s7: s7En },
}

/** A code without words is shown as it is. */
export function codeWords(language: Language, code: string, details: Readonly<Record<string, unknown>> = {}): string {
  const [protocol = '', ...name] = code.split('.')
  const text = byProtocol[language][protocol]?.[name.join('.')] ?? code
  return text.replace(/\{\{(\w+)\}\}/g, (_, gap: string) => String(details[gap] ?? '—'))
}

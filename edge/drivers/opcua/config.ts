import { z } from 'zod'
import type { Protocol } from '../protocol.ts'
import { words } from '../protocol-fields.ts'
import { parseNode, parsePath, UNIT_MARK } from './address.ts'

const Connection = z
  .object({
    host: z
      .string()
      .trim()
      .min(1)
      .max(253)
      .regex(/^[A-Za-z0-9._:-]+$/, 'opcua.hostUnreadable')
      .meta(words({ zh: '主机', en: 'Host', hint: { zh: 'IP 地址或主机名', en: 'IP address or host name' } })),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .default(4840)
      .meta(words({ zh: '端口', en: 'Port' })),
    path: z
      .string()
      .trim()
      .max(200)
      .regex(/^[A-Za-z0-9._~/-]*$/, 'opcua.pathUnreadable')
      .optional()
      .meta(
        words({
          zh: '路径',
          en: 'Path',
          hint: {
            zh: '端点地址中端口之后的部分，例如 UA/Server；多数设备没有',
            en: 'behind the port in the endpoint’s URL; most devices have none',
          },
        }),
      ),
    security: z
      .enum(['signAndEncrypt', 'sign', 'none'])
      .default('signAndEncrypt')
      .meta(
        words({
          zh: '安全模式',
          en: 'Security mode',
          choices: {
            signAndEncrypt: { zh: '签名并加密', en: 'sign and encrypt' },
            sign: { zh: '仅签名', en: 'sign' },
            none: { zh: '无（明文，任何人可冒充）', en: 'none (in clear, anybody can pretend)' },
          },
        }),
      ),
    policy: z
      .enum(['Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'])
      .default('Basic256Sha256')
      .meta(words({ zh: '安全策略', en: 'Security policy', hint: { zh: '安全模式为“无”时不用', en: 'not used with security mode none' } })),
    serverThumbprint: z
      .string()
      .trim()
      .regex(/^([0-9A-Fa-f]{2}[: ]?){31}[0-9A-Fa-f]{2}$/, 'opcua.thumbprintUnreadable')
      .optional()
      .meta(
        words({
          zh: '信任的服务器证书（SHA-256 指纹）',
          en: 'Trusted server certificate (SHA-256 thumbprint)',
          hint: {
            zh: '首次连接会显示服务器证书的指纹；与设备上显示的核对一致后再确认信任',
            en: 'the first connection shows it; compare it with what the device shows, then trust it',
          },
        }),
      ),
    identity: z
      .enum(['anonymous', 'userName', 'certificate'])
      .default('anonymous')
      .meta(
        words({
          zh: '登录方式',
          en: 'Sign-in',
          choices: {
            anonymous: { zh: '匿名', en: 'anonymous' },
            userName: { zh: '用户名和密码', en: 'user name and password' },
            certificate: { zh: '用户证书', en: 'user certificate' },
          },
        }),
      ),
    userName: z
      .string()
      .trim()
      .max(100)
      .optional()
      .meta(words({ zh: '用户名', en: 'User name' })),
    password: z
      .string()
      .max(500)
      .optional()
      .meta(words({ zh: '密码', en: 'Password', secret: true })),
    userCertificate: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_-]{1,60}$/, 'opcua.fileNameUnreadable')
      .optional()
      .meta(
        words({
          zh: '用户证书名称',
          en: 'User certificate’s name',
          hint: {
            zh: '网关数据目录 opcua/users 下的“名称.pem”和“名称.key”',
            en: 'NAME.pem and NAME.key in the folder opcua/users of the gateway’s data',
          },
        }),
      ),
    values: z
      .enum(['subscribe', 'read'])
      .default('subscribe')
      .meta(
        words({
          zh: '取值方式',
          en: 'Values come by',
          choices: {
            subscribe: { zh: '订阅（服务器不接受时改为轮询）', en: 'subscription (by reading where the server takes none)' },
            read: { zh: '轮询', en: 'reading' },
          },
        }),
      ),
    time: z
      .enum(['source', 'server', 'gateway'])
      .default('source')
      .meta(
        words({
          zh: '时间取自',
          en: 'Time of values',
          hint: { zh: '服务器时钟不准时选“网关”', en: 'choose gateway where the server’s clock is wrong' },
          choices: {
            source: { zh: '数据源时间', en: 'source' },
            server: { zh: '服务器时间', en: 'server' },
            gateway: { zh: '网关', en: 'gateway' },
          },
        }),
      ),
    samplingMs: z
      .int()
      .min(0)
      .max(3_600_000)
      .optional()
      .meta(
        words({
          zh: '采样间隔',
          en: 'Sampling interval',
          unit: 'ms',
          hint: {
            zh: '订阅用；留空与点的周期相同，0 表示每次变化都送',
            en: 'of subscriptions; empty: the point’s own period, 0: every change',
          },
        }),
      ),
    queueSize: z
      .int()
      .min(1)
      .max(10_000)
      .default(10)
      .meta(
        words({
          zh: '服务器队列长度',
          en: 'Values queued by the server',
          hint: { zh: '每点每次发布最多保留的变化数', en: 'changes kept per point between two messages' },
        }),
      ),
    batch: z
      .int()
      .min(1)
      .max(10_000)
      .default(500)
      .meta(
        words({
          zh: '单次最多节点数',
          en: 'Nodes per request',
          hint: {
            zh: '服务器自己声明的上限更小时以它为准；S7-1200 建议 100',
            en: 'a smaller limit that the server declares counts; S7-1200: 100',
          },
        }),
      ),
    connectTimeoutMs: z
      .int()
      .min(200)
      .max(60_000)
      .default(10_000)
      .meta(words({ zh: '连接超时', en: 'Connect time-out', unit: 'ms' })),
    requestTimeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(5_000)
      .meta(words({ zh: '应答超时', en: 'Answer time-out', unit: 'ms' })),
  })
  .superRefine((c, check) => {
    const wrong = (field: string, code: string) => check.addIssue({ code: 'custom', path: [field], message: code })
    if (c.identity === 'userName' && !c.userName) wrong('userName', 'opcua.userNameMissing')
    if (c.identity === 'certificate' && !c.userCertificate) wrong('userCertificate', 'opcua.userCertificateMissing')
    // Without a channel that proves who the server is, anybody who answers would get the password.
    if (c.identity !== 'anonymous' && c.security === 'none') wrong('security', 'opcua.signInNeedsSecurity')
  })
export type OpcuaConnection = z.output<typeof Connection>

const Unit = z.object({
  name: z
    .string()
    .trim()
    .max(300)
    .default('')
    .meta(
      words({
        zh: '设备名（替换地址中的 {unit}）',
        en: 'Name (takes the place of {unit} in addresses)',
        hint: {
          zh: '同一服务器上的多台同类设备可共用一张点表，各填各的名字（点表的节点只写 {unit} 时填机器的节点）；只有一台时可留空',
          en: 'machines of one kind on one server share a point table, each with its own name (its node where the table’s node is just {unit}); empty where there is one',
        },
      }),
    ),
})

const Place = z
  .object({
    address: z
      .string()
      .trim()
      .min(3)
      .max(500)
      .meta(
        words({
          zh: '节点',
          en: 'Node',
          hint: {
            zh: 'nsu=命名空间URI;s=名称（推荐，服务器重新编号后仍有效），或 ns=2;s=名称、ns=2;i=1001；可含 {unit}',
            en: 'nsu=URI;s=name (outlives a re-numbering of the server), or ns=2;s=name, ns=2;i=1001; may hold {unit}',
          },
        }),
      ),
    path: z
      .string()
      .trim()
      .min(2)
      .max(1_000)
      .optional()
      .meta(
        words({
          zh: '浏览路径',
          en: 'Browse path',
          hint: {
            zh: '从“节点”起按浏览名往下，例如 /nsu=http://opcfoundation.org/UA/DI/;Identification；由信息模型建立的点表用它，留空则是“节点”本身',
            en: 'browse names from the node down, /nsu=http://opcfoundation.org/UA/DI/;Identification, as tables made from companion models have; empty: the node itself',
          },
        }),
      ),
    index: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .meta(
        words({
          zh: '数组元素',
          en: 'Element of an array',
          hint: { zh: '从 0 起；不是数组则留空', en: 'from 0; empty where it is no array' },
        }),
      ),
    method: z
      .string()
      .trim()
      .min(3)
      .max(500)
      .optional()
      .meta(
        words({
          zh: '方法',
          en: 'Method',
          hint: {
            zh: '作为命令调用时：方法的节点，“节点”处写它所属的对象；读写值则留空',
            en: 'to be called as a command: the method’s node, with its object as the node; empty for a value',
          },
        }),
      ),
    trigger: z
      .enum(['timestamp', 'value', 'status'])
      .default('timestamp')
      .meta(
        words({
          zh: '触发',
          en: 'Sent when',
          choices: {
            timestamp: { zh: '值、状态或时间戳变化', en: 'value, status or time stamp changes' },
            value: { zh: '值或状态变化', en: 'value or status changes' },
            status: { zh: '仅状态变化', en: 'status changes' },
          },
        }),
      ),
    deadbandKind: z
      .enum(['none', 'absolute', 'percent'])
      .default('none')
      .meta(
        words({
          zh: '服务器死区',
          en: 'Dead-band at the server',
          choices: {
            none: { zh: '无', en: 'none' },
            absolute: { zh: '绝对值（原始值）', en: 'absolute (raw)' },
            percent: { zh: '量程百分比', en: 'percent of the range' },
          },
        }),
      ),
    deadbandValue: z
      .number()
      .min(0)
      .default(0)
      .meta(words({ zh: '服务器死区值', en: 'Dead-band’s value' })),
  })
  .superRefine((place, check) => {
    const wrong = (field: string, message: string, params: object) => check.addIssue({ code: 'custom', path: [field], message, params })
    // The whole address may be the unit's: then that is its node.
    const parsed = parseNode(place.address, place.address === UNIT_MARK ? 'i=85' : 'unit')
    if (parsed.kind === 'problem') wrong('address', parsed.code, parsed.details)
    const path = place.path === undefined ? undefined : parsePath(place.path)
    if (path?.kind === 'problem') wrong('path', path.code, path.details)
    const method = place.method === undefined ? undefined : parseNode(place.method, 'unit')
    if (method?.kind === 'problem') wrong('method', method.code, method.details)
    if (place.deadbandKind === 'percent' && place.deadbandValue > 100) wrong('deadbandValue', 'opcua.percentTooLarge', {})
  })
export type OpcuaPlace = z.output<typeof Place>

export const opcua = {
  name: 'opcua',
  label: { zh: 'OPC UA', en: 'OPC UA' },
  connection: Connection,
  unit: Unit,
  place: Place,
  can: { write: true, call: true, browse: true, subscribe: true, history: true },
  sends: ({ values }) => values !== 'read',
  confirm: { reasons: ['opcua.certificateUnknown', 'opcua.certificateChanged'], detail: 'thumbprint', setting: 'serverThumbprint' },
} satisfies Protocol<typeof Connection, typeof Unit, typeof Place>

import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { RobotChannel } from '../robot-channels.ts'

/** What of a robot is secret: its whole address, and what it signs with. */
export const RobotSecret = z.object({ url: z.string(), sign: z.string().nullable() })
export type RobotSecret = z.infer<typeof RobotSecret>

/** 2,048 bytes of a text: the least that the three take (WeCom). */
const TEXT_BYTES = 2_000

/** One text, as each of them takes it; shortened at its end where it is too long. */
export function robotBody(channel: RobotChannel, text: string): string {
  const content = shortened(text)
  return JSON.stringify(channel === 'feishu' ? { msg_type: 'text', content: { text: content } } : { msgtype: 'text', text: { content } })
}

function shortened(text: string): string {
  let short = text
  while (Buffer.byteLength(short) > TEXT_BYTES) short = short.slice(0, -1)
  return short === text ? text : `${short.slice(0, -1).toWellFormed()}…`
}

/**
 * Where a message goes now, with its signature where there is a secret for it. DingTalk signs “milliseconds\nsecret” by the secret and puts it into the
 * address, Feishu signs nothing by “seconds\nsecret” and puts it into the body (自定义机器人, 加签 and 签名校验).
 */
export function robotRequest(
  channel: RobotChannel,
  { url, sign }: RobotSecret,
  body: string,
  nowMs: number,
): { url: string; body: string } {
  if (sign === null || channel === 'wecom') return { url, body }
  if (channel === 'dingtalk') {
    const target = new URL(url)
    target.searchParams.set('timestamp', String(nowMs))
    target.searchParams.set('sign', createHmac('sha256', sign).update(`${nowMs}\n${sign}`).digest('base64'))
    return { url: target.href, body }
  }
  const timestamp = String(Math.floor(nowMs / 1_000))
  const signature = createHmac('sha256', `${timestamp}\n${sign}`).update('').digest('base64')
  return { url, body: JSON.stringify({ timestamp, sign: signature, ...JSON.parse(body) }) }
}

const Said = z.object({ errcode: z.int().optional(), code: z.int().optional() })
const WAIT_MS = 60_000
/** “Too many”: 20 a minute of WeCom and DingTalk, 100 of Feishu. */
const TOO_MANY = [45009, 130101, 410100, 11232, 9499]
/** The key is no robot's any more. */
const UNKNOWN = [93000, 300001, 400101, 19001]

/** All three answer 200 and say in the body what came of it. `code`: theirs, where they refused. */
export function robotAnswer(
  status: number,
  body: string,
): { kind: 'delivered' } | { kind: 'refused' | 'gone'; code: string } | { kind: 'busy'; afterMs: number } | undefined {
  if (status < 200 || status >= 300) return undefined
  const said = Said.safeParse(parsed(body))
  const code = said.success ? (said.data.errcode ?? said.data.code) : undefined
  if (code === 0) return { kind: 'delivered' }
  if (code === undefined) return { kind: 'refused', code: 'noRobot' }
  if (TOO_MANY.includes(code)) return { kind: 'busy', afterMs: WAIT_MS }
  return { kind: UNKNOWN.includes(code) ? 'gone' : 'refused', code: String(code) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The address as people may see it: whose robot it is, and its last four characters to tell one from another. The key may stand anywhere in the rest. */
export const maskedUrl = (url: string): string => `${new URL(url).origin}/••••${url.slice(-4)}`

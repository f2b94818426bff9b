import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskedUrl, robotAnswer, robotBody, robotRequest } from './robot-rules.ts'

// The signatures were made by Python's hmac, as the makers' own examples do it.
test('DingTalk’s signature is in the address, Feishu’s in the body', () => {
  const sign = 'SEC8977ad824079c46935488be99fb3bc87f92a61886c21ad03bdc312cf3ed1c0a0'
  const url = 'https://oapi.dingtalk.com/robot/send?access_token=abc'
  const body = robotBody('dingtalk', '告警')
  assert.deepEqual(robotRequest('dingtalk', { url, sign }, body, 1_795_750_000_123), {
    url: `${url}&timestamp=1795750000123&sign=8Js%2BJTede1Wd1TX5SI24n6eOfCKBL5V%2B%2FO7%2BMCdPdVw%3D`,
    body: '{"msgtype":"text","text":{"content":"告警"}}',
  })
  const hook = 'https://open.feishu.cn/open-apis/bot/v2/hook/abc'
  const sent = robotRequest('feishu', { url: hook, sign: 'XqJmZkq8rVtB2n' }, robotBody('feishu', '告警'), 1_795_750_000_999)
  assert.deepEqual(
    [sent.url, JSON.parse(sent.body)],
    [hook, { timestamp: '1795750000', sign: 'vI7//G7YsTa+JBmfNqjqxuXfKaxBRAcv5SXkOusQqRE=', msg_type: 'text', content: { text: '告警' } }],
  )
  assert.deepEqual(robotRequest('wecom', { url, sign: 'x' }, body, 0), { url, body })
})

test('a text beyond 2,000 bytes is cut between characters', () => {
  const { text } = JSON.parse(robotBody('wecom', `${'告'.repeat(600)}😀${'警'.repeat(600)}`)) as { text: { content: string } }
  assert.ok(Buffer.byteLength(text.content) <= 2_003 && text.content.endsWith('…') && text.content.isWellFormed())
  assert.equal(JSON.parse(robotBody('wecom', 'a'.repeat(2_000))).text.content.length, 2_000)
})

test('what a robot says in its answer counts, not the status alone', () => {
  assert.deepEqual(robotAnswer(200, '{"errcode":0,"errmsg":"ok"}'), { kind: 'delivered' })
  assert.deepEqual(robotAnswer(200, '{"StatusCode":0,"code":0,"msg":"success"}'), { kind: 'delivered' })
  assert.deepEqual(robotAnswer(200, '{"errcode":130101,"errmsg":"send too fast"}'), { kind: 'busy', afterMs: 60_000 })
  assert.deepEqual(robotAnswer(200, '{"errcode":93000,"errmsg":"invalid webhook url"}'), { kind: 'gone', code: '93000' })
  assert.deepEqual(robotAnswer(200, '{"code":19021,"msg":"sign match fail"}'), { kind: 'refused', code: '19021' })
  for (const body of ['<html></html>', '', '{"ok":true}', '[]', 'null'])
    assert.deepEqual(robotAnswer(200, body), { kind: 'refused', code: 'noRobot' }, body)
  assert.equal(robotAnswer(502, '{"errcode":0}'), undefined)
})

test('an address is shown without its key, wherever that stands', () => {
  const key = '73febdcb-1b38-4d1b'
  for (const url of [
    `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${key}`,
    `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${key}&debug=1`,
    `https://open.feishu.cn/open-apis/bot/v2/hook/${key}`,
    `https://open.feishu.cn/open-apis/bot/v2/hook/${key}/`,
    `https://${key}@oapi.dingtalk.com/robot/send#${key}=`,
  ])
    assert.match(maskedUrl(url), /^https:\/\/[a-z.]+\/••••.{4}$/, url)
  assert.equal(maskedUrl(`https://open.feishu.cn/open-apis/bot/v2/hook/${key}`), 'https://open.feishu.cn/••••4d1b')
})

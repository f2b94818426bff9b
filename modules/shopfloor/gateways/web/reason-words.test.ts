import { expect, test } from 'vitest'
import { protocols } from '#edge/drivers/protocols.ts'
import type { Words } from '#ui/i18n.ts'
import { codeText } from './reason-words.ts'

const t = ((key: string) => key) as Words

test('every protocol’s reasons have words in both languages, with what they tell filled in', () => {
  for (const protocol of Object.keys(protocols))
    for (const locale of ['zh-CN', 'en-US'] as const) expect(codeText(t, locale, `${protocol}.connectionLost`)).not.toBe('reasons.unknown')
  expect(codeText(t, 'zh-CN', 's7.addressUnreadable', { text: 'Q' })).toContain('“Q”不是 S7 地址')
  expect(codeText(t, 'zh-CN', 'kiln.cold')).toBe('reasons.unknown')
})

import modbusEn from '#edge/drivers/modbus/en.json'
import modbusZh from '#edge/drivers/modbus/zh.json'
import opcuaEn from '#edge/drivers/opcua/en.json'
import opcuaZh from '#edge/drivers/opcua/zh.json'
import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'

/** Each protocol's own words for its reasons and for what is wrong with an address. */
const protocolWords: Record<PageLocale, Record<string, Record<string, string>>> = {
  'zh-CN': { modbus: modbusZh, opcua: opcuaZh },
  'en-US': { modbus: modbusEn, opcua: opcuaEn },
}

/** A code as drivers, the gateway and the checks of a row give it, in words. */
export function codeText(t: Words, locale: PageLocale, code: string, details: Record<string, unknown> = {}): string {
  const filled = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(details[name] ?? '—'))
  const [first = '', ...rest] = code.split('.')
  const own = first === 'gateways' ? rest.join('.') : undefined
  const words = own === undefined ? protocolWords[locale][first]?.[rest.join('.')] : undefined
  if (words !== undefined) return filled(words)
  if (own !== undefined)
    for (const place of own.includes('.') ? [own] : [`reasons.${own}`, `log.${own}`]) {
      const text = t(place, { ...details, defaultValue: '' })
      if (text !== '' && text !== place) return text
    }
  return t('reasons.unknown', { code })
}

export function useCodeText(): (code: string, details?: Record<string, unknown>) => string {
  const t = useWords('gateways')
  const locale = useLocale()
  return (code, details) => codeText(t, locale, code, details)
}

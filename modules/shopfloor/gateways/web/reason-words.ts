import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'

type DriverWords = Record<string, Record<string, string>>
const zh = import.meta.glob<Record<string, string>>('../../../../edge/drivers/*/zh.json', { eager: true, import: 'default' })
const en = import.meta.glob<Record<string, string>>('../../../../edge/drivers/*/en.json', { eager: true, import: 'default' })
const byProtocol = (files: DriverWords): DriverWords =>
  Object.fromEntries(Object.entries(files).map(([path, words]) => [path.split('/').at(-2) ?? '', words]))

/** Each protocol's own words for its reasons and for what is wrong with an address: those of every driver's folder. */
const protocolWords: Record<PageLocale, DriverWords> = { 'zh-CN': byProtocol(zh), 'en-US': byProtocol(en) }

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

import 'dayjs/locale/zh-cn'
import type { Locale } from 'antd/es/locale'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { setApiSurroundings } from './api.ts'
import type { ModulePages, WordsSource } from './module-pages.ts'
import zh from './zh.json'

export type PageLocale = 'zh-CN' | 'en-US'

const STORAGE_KEY = 'lianshu.locale'

const isLocale = (text: string | null): text is PageLocale => text === 'zh-CN' || text === 'en-US'

/** Words of a part that is fetched with its first use, under a namespace of their own, in both languages. */
export function addWords(namespace: string, { zh: chinese, en }: { zh: object; en: object }): void {
  i18next.addResourceBundle('zh-CN', namespace, chinese)
  i18next.addResourceBundle('en-US', namespace, en)
}

/** What this browser chose before, if it did. */
export function storedLocale(): PageLocale | undefined {
  const stored = localStorage.getItem(STORAGE_KEY)
  return isLocale(stored) ? stored : undefined
}

const antdLocales: Partial<Record<PageLocale, Locale>> = { 'zh-CN': zhCN }

/** The texts inside Ant Design's own parts, in the page's language. */
export const useAntdLocale = (): Locale => antdLocales[useLocale()] ?? zhCN

let modules: readonly ModulePages[] = []

/** Loads the shared words and those of every module: the namespace is the module's name. */
export async function startI18n(pages: readonly ModulePages[]): Promise<void> {
  modules = pages
  const locale = storedLocale() ?? 'zh-CN'
  await i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    fallbackLng: 'zh-CN',
    supportedLngs: ['zh-CN', 'en-US'],
    load: 'currentOnly',
    defaultNS: 'ui',
    ns: ['ui', ...pages.map((p) => p.module)],
    resources: { 'zh-CN': { ui: zh, ...Object.fromEntries(pages.map((p) => [p.module, p.words.zh])) } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
  })
  await turnTo(locale)
}

const wordsOf = async (source: WordsSource): Promise<object> => (typeof source === 'function' ? (await source()).default : source)

/** English is fetched with its first use: most people here never need it. */
async function loadEnglish(): Promise<void> {
  if (antdLocales['en-US']) return
  const [antd, shared, ...words] = await Promise.all([
    import('antd/locale/en_US'),
    import('./en.json'),
    ...modules.map((page) => wordsOf(page.words.en)),
  ])
  i18next.addResourceBundle('en-US', 'ui', shared.default)
  modules.forEach((page, i) => void i18next.addResourceBundle('en-US', page.module, words[i]))
  antdLocales['en-US'] = antd.default
}

export const currentLocale = (): PageLocale => (isLocale(i18next.language) ? i18next.language : 'zh-CN')

async function turnTo(locale: PageLocale): Promise<void> {
  if (locale === 'en-US') await loadEnglish()
  await i18next.changeLanguage(locale)
  document.documentElement.lang = locale
  dayjs.locale(locale === 'zh-CN' ? 'zh-cn' : 'en')
  setApiSurroundings({ locale })
}

/** Switches the page's language and remembers it in this browser; the shell tells the server. */
export async function changeLocale(locale: PageLocale): Promise<void> {
  await turnTo(locale)
  localStorage.setItem(STORAGE_KEY, locale)
}

/** The words function: a key, and the values for its `{{places}}`. */
export type Words = (key: string, values?: Record<string, unknown>) => string

/** The words of a module; a key it lacks is looked up in the shared words. Every other module's are reached as `t('devices:title')`. */
export function useWords(module = 'ui'): Words {
  const { t } = useTranslation(module === 'ui' ? 'ui' : [module, 'ui'])
  return t as unknown as Words
}

/** The same outside a component: for search results and the like. */
export const wordsNow =
  (module: string): Words =>
  (key, values) =>
    String(i18next.t(key, { ...values, ns: [module, 'ui'] }))

export function useLocale(): PageLocale {
  const { i18n } = useTranslation('ui')
  return isLocale(i18n.language) ? i18n.language : 'zh-CN'
}

/** The name that fits the page's language: the English one only where there is one. */
export const nameIn = (locale: PageLocale, name: string, nameEn: string | null | undefined): string =>
  locale === 'en-US' && nameEn ? nameEn : name

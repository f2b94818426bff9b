import 'dayjs/locale/zh-cn'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'
import { setApiSurroundings } from './api.ts'
import en from './en.json'
import type { ModulePages } from './module-pages.ts'
import zh from './zh.json'

export type PageLocale = 'zh-CN' | 'en-US'

const STORAGE_KEY = 'lianshu.locale'

export const antdLocales = { 'zh-CN': zhCN, 'en-US': enUS } as const

const isLocale = (text: string | null): text is PageLocale => text === 'zh-CN' || text === 'en-US'

/** What this browser chose before, if it did. */
export function storedLocale(): PageLocale | undefined {
  const stored = localStorage.getItem(STORAGE_KEY)
  return isLocale(stored) ? stored : undefined
}

/** Loads the shared words and those of every module: the namespace is the module's name. */
export async function startI18n(pages: readonly ModulePages[]): Promise<void> {
  const namespaces = (side: 'zh' | 'en') => Object.fromEntries(pages.map((p) => [p.module, p.words[side]]))
  await i18next.use(initReactI18next).init({
    lng: storedLocale() ?? 'zh-CN',
    fallbackLng: 'zh-CN',
    supportedLngs: ['zh-CN', 'en-US'],
    load: 'currentOnly',
    defaultNS: 'ui',
    ns: ['ui', ...pages.map((p) => p.module)],
    resources: { 'zh-CN': { ui: zh, ...namespaces('zh') }, 'en-US': { ui: en, ...namespaces('en') } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
  })
  settle(currentLocale())
}

export const currentLocale = (): PageLocale => (isLocale(i18next.language) ? i18next.language : 'zh-CN')

function settle(locale: PageLocale): void {
  document.documentElement.lang = locale
  dayjs.locale(locale === 'zh-CN' ? 'zh-cn' : 'en')
  setApiSurroundings({ locale })
}

/** Switches the page's language and remembers it in this browser; the shell tells the server. */
export async function changeLocale(locale: PageLocale): Promise<void> {
  localStorage.setItem(STORAGE_KEY, locale)
  await i18next.changeLanguage(locale)
  settle(locale)
}

/** The words function: a key, and the values for its `{{places}}`. */
export type Words = (key: string, values?: Record<string, unknown>) => string

/** The words of a module; a key it lacks is looked up in the shared words. Every other module's are reached as `t('devices:title')`. */
export function useWords(module = 'ui'): Words {
  const { t } = useTranslation(module === 'ui' ? 'ui' : [module, 'ui'])
  return t as unknown as Words
}

export function useLocale(): PageLocale {
  const { i18n } = useTranslation('ui')
  return isLocale(i18n.language) ? i18n.language : 'zh-CN'
}

/** The name that fits the page's language: the English one only where there is one. */
export const nameIn = (locale: PageLocale, name: string, nameEn: string | null | undefined): string =>
  locale === 'en-US' && nameEn ? nameEn : name

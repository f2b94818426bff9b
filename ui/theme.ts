import { type ThemeConfig, theme } from 'antd'
import { useSyncExternalStore } from 'react'

export type ThemeMode = 'light' | 'dark'

const STORAGE_KEY = 'lianshu.theme'
const FONT =
  '"Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "Helvetica Neue", Arial, sans-serif'

const shared = {
  fontFamily: FONT,
  borderRadius: 6,
  fontSize: 14,
  controlHeight: 34,
  wireframe: false,
}

/** Calm steel blue on light grey; every text pair reaches 4.5 : 1 (WCAG 2.2 AA). */
const light: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#14608f',
    colorInfo: '#14608f',
    colorLink: '#11567f',
    colorSuccess: '#1f7a3d',
    colorWarning: '#9a5b00',
    colorError: '#b3261e',
    colorTextBase: '#16212c',
    colorTextSecondary: '#46545f',
    colorTextTertiary: '#5c6a75',
    colorTextDescription: '#55636e',
    colorTextPlaceholder: '#66737d',
    colorSuccessBg: '#e3f4e8',
    colorSuccessBorder: '#a9d6b7',
    colorInfoBg: '#e2f0f9',
    colorInfoBorder: '#a6cde6',
    colorWarningBg: '#fff3d9',
    colorWarningBorder: '#ebcb8b',
    colorErrorBg: '#fdecea',
    colorErrorBorder: '#f0b5b0',
    colorPrimaryBg: '#e2f0f9',
    controlItemBgActive: '#e2f0f9',
    controlItemBgHover: '#eef4f8',
    colorBgLayout: '#f1f4f6',
    colorBorder: '#c2ccd3',
    colorBorderSecondary: '#dfe5e9',
  },
  components: {
    Layout: { siderBg: '#12222e', headerBg: '#ffffff', headerHeight: 56, headerPadding: '0 16px', bodyBg: '#f1f4f6' },
    Menu: {
      darkItemBg: '#12222e',
      darkSubMenuItemBg: '#12222e',
      darkItemColor: '#c9d5dd',
      darkGroupTitleColor: '#93a6b3',
      darkItemSelectedBg: '#1c5f88',
      darkItemHoverBg: '#1c3443',
      itemHeight: 38,
    },
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    Tag: { defaultColor: '#33414c' },
  },
}

const dark: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#4ba3d6',
    colorInfo: '#4ba3d6',
    colorLink: '#7cc0ea',
    colorSuccess: '#57b877',
    colorWarning: '#e0a23c',
    colorError: '#ff9a92',
    colorTextBase: '#e6edf2',
    colorBgBase: '#0d161d',
    colorBgLayout: '#0a1218',
    colorBgContainer: '#13202a',
    colorBgElevated: '#192936',
    colorTextSecondary: '#b4c2cc',
    colorTextTertiary: '#9fb0bb',
    colorTextDescription: '#a6b6c1',
    colorTextPlaceholder: '#8ea0ac',
    colorBorder: '#3a4c59',
    colorBorderSecondary: '#263642',
  },
  components: {
    Layout: { siderBg: '#0d1a23', headerBg: '#13202a', headerHeight: 56, headerPadding: '0 16px', bodyBg: '#0a1218' },
    Menu: {
      darkItemBg: '#0d1a23',
      darkItemColor: '#c9d5dd',
      darkGroupTitleColor: '#93a6b3',
      darkItemSelectedBg: '#1c5f88',
      darkItemHoverBg: '#1c3443',
      itemHeight: 38,
    },
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', primaryColor: '#06131c' },
  },
}

export const themes: Record<ThemeMode, ThemeConfig> = { light, dark }

/** Okabe and Ito's palette without its yellow (too faint on white): told apart with every common colour blindness. */
export const seriesColors: Record<ThemeMode, readonly string[]> = {
  light: ['#0072b2', '#d55e00', '#00795a', '#a8558a', '#8a6a00', '#2f8fbf', '#4d4d4d', '#7a4fbf'],
  dark: ['#56b4e9', '#e69f00', '#2bbf94', '#e08fc0', '#f0e442', '#9ad0f0', '#c8c8c8', '#b79cf0'],
}

const listeners = new Set<() => void>()
let mode: ThemeMode = localStorage.getItem(STORAGE_KEY) === 'dark' ? 'dark' : 'light'

export function changeTheme(next: ThemeMode): void {
  mode = next
  localStorage.setItem(STORAGE_KEY, next)
  document.documentElement.dataset.theme = next
  for (const listener of listeners) listener()
}

export const useThemeMode = (): ThemeMode =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => mode,
  )

const PHONE = '(max-width: 640px)'

/** True on a phone's width: lists become cards, drawers fill the page. */
export const usePhone = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const query = matchMedia(PHONE)
      query.addEventListener('change', listener)
      return () => query.removeEventListener('change', listener)
    },
    () => matchMedia(PHONE).matches,
  )

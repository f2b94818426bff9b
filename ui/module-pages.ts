import type { ComponentType } from 'react'
import type { IconName } from './icons.tsx'
import { type Panel, registerPanels } from './panels.tsx'

export type MenuGroup = 'chain' | 'trade' | 'shopfloor' | 'administration'

export interface MenuEntry {
  group: MenuGroup
  path: string
  /** i18n key in the module's own words. */
  label: string
  icon: IconName
  permission: string
  /** Within the group, ascending. */
  order: number
  /** Shown only for these kinds of organisation: the operator's pages are of no use to a supplier. */
  organisationKinds?: readonly string[]
}

export interface RouteEntry {
  /** As react-router writes it: `/devices/:id`. */
  path: string
  /** `module.action`, `signedIn`, or `public` for a page outside of the shell that needs no account. */
  permission: string
  lazy: () => Promise<{ Component: ComponentType }>
}

export interface SearchHit {
  label: string
  /** Where a click leads. */
  path: string
  /** What it is, already in words: 设备. */
  kind: string
}

export interface PartnerQuery {
  /** A part of the name. */
  search: string
  /** The own side in the relation. */
  side?: 'buyer' | 'supplier'
  kind?: 'supply'
}
export interface Partner {
  orgId: string
  name: string
  nameEn: string | null
}

export type WordsSource = object | (() => Promise<{ default: object }>)

/** What a module hands over to apps/web: words, menu, routes, and what other pages may ask of it without knowing it. */
export interface ModulePages {
  module: string
  /** English may be left to its first use: `en: () => import('../en.json')`. */
  words: { zh: object; en: WordsSource }
  menu: MenuEntry[]
  routes: RouteEntry[]
  /** What this module shows on pages of modules below it. */
  panels?: Panel[]
  search?: (text: string, signal: AbortSignal) => Promise<SearchHit[]>
  /** Links on the page of a partner organisation, as “its machines”; `label` is a key in the module's words. */
  partnerLinks?: { label: string; permission: string; path: (orgId: string) => string }[]
  /** Partners with a relation in force, for whoever chooses one (ui/partner-select.tsx). */
  partnerOptions?: (query: PartnerQuery, signal: AbortSignal) => Promise<Partner[]>
  /** The organisation's sites, for whoever limits something to sites. */
  siteOptions?: (signal: AbortSignal) => Promise<{ value: string; label: string }[]>
}

const registered: ModulePages[] = []

/** Called once by apps/web with every module's pages. */
export function registerPages(pages: readonly ModulePages[]): void {
  registered.splice(0, registered.length, ...pages)
  registerPanels(pages.flatMap((page) => page.panels ?? []))
}

export const allPages = (): readonly ModulePages[] => registered

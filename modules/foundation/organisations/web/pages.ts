import { call } from '#ui/api.ts'
import type { ModulePages } from '#ui/module-pages.ts'
import { organisationsApi } from '../contract.ts'
import zh from '../zh.json'

const CHOICES = 200

export const organisationsPages: ModulePages = {
  module: 'organisations',
  words: { zh, en: () => import('../en.json') },
  menu: [
    { group: 'chain', path: '/organisations', label: 'chain', icon: 'chain', permission: 'organisations.read', order: 10 },
    {
      group: 'chain',
      path: '/organisations/size-rules',
      label: 'sizeRules.title',
      icon: 'list',
      permission: 'organisations.operate',
      order: 95,
      organisationKinds: ['operator'],
    },
    {
      group: 'administration',
      path: '/organisations/own',
      label: 'own',
      icon: 'organisation',
      permission: 'organisations.read',
      order: 10,
    },
  ],
  routes: [
    { path: '/organisations', permission: 'organisations.read', lazy: () => import('./chain-page.tsx') },
    { path: '/organisations/own', permission: 'organisations.read', lazy: () => import('./own-page.tsx') },
    { path: '/organisations/size-rules', permission: 'organisations.operate', lazy: () => import('./size-rules-page.tsx') },
    { path: '/organisations/relations/:id', permission: 'organisations.read', lazy: () => import('./relation-page.tsx') },
  ],
  partnerOptions: async (query, signal) => {
    const { items } = await call(organisationsApi.relations, { query: { ...query, limit: CHOICES }, signal })
    const active = items.filter((relation) => relation.state === 'active')
    const named = active.map(({ partnerId, partnerName, partnerNameEn }) => ({
      orgId: partnerId,
      name: partnerName,
      nameEn: partnerNameEn,
    }))
    // With one partner there may be several relations.
    return [...new Map(named.map((partner) => [partner.orgId, partner])).values()]
  },
}

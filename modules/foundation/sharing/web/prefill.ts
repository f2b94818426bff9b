import type { Agreement, Granularity, SharedItem } from '../contract.ts'

/** What the address of the form says; what it leaves open has its usual value. */
export interface Prefill {
  partnerId: string | undefined
  items: SharedItem[]
  fields: string[]
  purpose: string
  granularity: Granularity
  delayMinutes: number
}

/** `items=<id>~<label>,<id>~<label>`: a label may hold commas, since an item begins with an id. */
const itemsOf = (text: string): SharedItem[] =>
  text
    .split(/,(?=[0-9a-f-]{36}~)/)
    .map((part) => ({ id: part.slice(0, 36), label: part.slice(37) }))
    .filter(({ id, label }) => /^[0-9a-f-]{36}$/.test(id) && label !== '')

export const readPrefill = (params: URLSearchParams): Prefill => ({
  partnerId: params.get('to') ?? undefined,
  items: itemsOf(params.get('items') ?? ''),
  fields: (params.get('fields') ?? '').split(',').filter(Boolean),
  purpose: params.get('purpose') ?? '',
  granularity: params.get('granularity') === 'kpi' ? 'kpi' : 'raw',
  delayMinutes: Math.max(0, Math.trunc(Number(params.get('delay') ?? 0)) || 0),
})

/** An address much longer is cut by proxies. */
const MAX_LENGTH = 6_000

/** The address of the form filled in as an agreement is; undefined where that does not fit into one. */
export function prefillOf(agreement: Agreement): string | undefined {
  const params = new URLSearchParams({ to: agreement.grantee.orgId, purpose: agreement.purpose, granularity: agreement.granularity })
  if (agreement.delayMinutes > 0) params.set('delay', String(agreement.delayMinutes))
  if (agreement.items !== 'all') params.set('items', agreement.items.map((item) => `${item.id}~${item.label}`).join(','))
  if (agreement.fields !== 'all') params.set('fields', agreement.fields.join(','))
  const text = params.toString()
  return text.length <= MAX_LENGTH ? text : undefined
}

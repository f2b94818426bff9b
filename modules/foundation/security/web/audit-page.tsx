import { useQuery } from '@tanstack/react-query'
import { Button, DatePicker, Tag } from 'antd'
import { useSearchParams } from 'react-router'
import { apiUrl, call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatDateTimeSeconds, formatNumber, formatText } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { instantOfPicked, pickedOfInstant } from '#ui/picked-time.ts'
import { actionText, entityText, fieldText } from '../audit-text.ts'
import { type AuditEntry, EXPORT_LIMIT, RETENTION_DAYS, securityApi } from '../contract.ts'
import { actorText, lookIn } from './audit-words.ts'
import { securityQueries } from './queries.ts'
import { useVerification, VerifyButton, VerifyResult } from './verify-chain.tsx'
import './audit.css'

const SHOWN_FIELDS = 4

function columnsOf(t: Words): Column<AuditEntry>[] {
  const look = lookIn(t)
  const changed = (entry: AuditEntry) => {
    const names = entry.fields.slice(0, SHOWN_FIELDS).map((field) => fieldText(entry.entity, field, look))
    const more = entry.fields.length > SHOWN_FIELDS ? t('more', { n: entry.fields.length }) : ''
    return names.length === 0 ? '—' : names.join(t('value.separator')) + more
  }
  const columns: (Omit<Column<AuditEntry>, 'render' | 'text'> & { of: (entry: AuditEntry) => string })[] = [
    { key: 'at', title: t('columns.at'), sort: 'at', width: 170, of: (e) => formatDateTimeSeconds(e.at) },
    { key: 'actor', title: t('columns.actor'), of: (e) => actorText(e.actor, t) },
    { key: 'action', title: t('columns.action'), of: (e) => actionText(e.action, look) },
    { key: 'entity', title: t('columns.entity'), of: (e) => entityText(e.entity, look) },
    { key: 'name', title: t('columns.entityName'), of: (e) => formatText(e.name) },
    { key: 'changes', title: t('columns.changes'), of: changed },
    { key: 'address', title: t('columns.address'), of: (e) => formatText(e.address) },
    { key: 'actorKind', title: t('columns.actorKind'), hidden: true, of: (e) => t(`actorKinds.${e.actor.kind}`) },
    { key: 'chainNo', title: t('columns.chainNo'), hidden: true, align: 'right', of: (e) => formatNumber(e.chainNo) },
  ]
  return columns.map(({ of, ...column }) => ({ ...column, render: of, text: of }))
}

/** The audit of the own organisation. */
export function Component() {
  const t = useWords('security')
  const facets = useQuery(securityQueries.facets)
  const verification = useVerification()
  const place = usePlace()
  const look = lookIn(t)
  const option = (text: (value: string) => string) => (value: string) => ({ value, label: text(value) })
  const oldest = facets.data?.oldestAt && t('oldest', { at: formatDateTime(facets.data.oldestAt) })
  return (
    <Page title={t('menu.audit')} subtitle={t('subtitle', { days: RETENTION_DAYS })} actions={<VerifyButton verification={verification} />}>
      <VerifyResult verification={verification} />
      <DataTable<AuditEntry>
        name="audit"
        label={t('menu.audit')}
        columns={columnsOf(t)}
        rowKey={(entry) => String(entry.id)}
        queryKey={['security', 'audit', place.given]}
        pageQuery={(query, signal) => call(securityApi.list, { query: { ...query, ...place.given } as never, signal })}
        defaultSort="-at"
        searchHint={t('searchHint')}
        filters={[
          {
            key: 'actorId',
            label: t('columns.actor'),
            options: (facets.data?.actors ?? []).map((actor) => ({ value: actor.id, label: actorText(actor, t) })),
          },
          { key: 'action', label: t('columns.action'), options: (facets.data?.actions ?? []).map(option((a) => actionText(a, look))) },
          { key: 'entity', label: t('columns.entity'), options: (facets.data?.entities ?? []).map(option((e) => entityText(e, look))) },
        ]}
        rowHref={(entry) => `/security/audit/${entry.id}`}
        actions={<PeriodAndRecord {...place} />}
        exportHref={({ search, filters }) => apiUrl(securityApi.exportCsv, { query: { ...filters, search, ...place.given } })}
        exportHint={`${t('export')}：${t('exportHint', { limit: formatNumber(EXPORT_LIMIT) })}`}
        empty={{ text: t('empty') }}
      />
      {oldest && <p className="ls-quiet">{oldest}</p>}
    </Page>
  )
}

interface Given {
  from?: string
  until?: string
  entityId?: string
}

/** What the table's own filters do not hold: the period and a single record; it stands in the address too. */
function usePlace() {
  const [params, setParams] = useSearchParams()
  const given: Given = {}
  for (const name of ['from', 'until', 'entityId'] as const) {
    const value = params.get(name)
    if (value) given[name] = value
  }
  const put = (change: Record<keyof Given, string | undefined> | Partial<Record<keyof Given, undefined>>) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        for (const [name, value] of Object.entries(change)) {
          if (value) next.set(name, value)
          else next.delete(name)
        }
        return next
      },
      { replace: true },
    )
  return { given, put }
}

const DAY_MS = 86_400_000

function PeriodAndRecord({ given, put }: ReturnType<typeof usePlace>) {
  const t = useWords('security')
  const today = () => pickedOfInstant(nowMs()).startOf('day')
  const { from, until, entityId } = given
  const shown = from && until ? ([pickedOfInstant(from), pickedOfInstant(Date.parse(until) - 1)] as [never, never]) : null
  return (
    <>
      {entityId && (
        <Tag closable onClose={() => put({ entityId: undefined })}>
          {t('oneRecord')}
        </Tag>
      )}
      <DatePicker.RangePicker
        aria-label={t('period')}
        placeholder={[t('from'), t('until')]}
        value={shown}
        presets={[
          { label: t('presets.today'), value: [today(), today()] },
          { label: t('presets.week'), value: [today().subtract(6, 'day'), today()] },
          { label: t('presets.month'), value: [today().subtract(29, 'day'), today()] },
        ]}
        onChange={(range) => {
          const [first, last] = range ?? []
          if (!first || !last) return put({ from: undefined, until: undefined })
          const end = Date.parse(instantOfPicked(last.startOf('day'))) + DAY_MS
          put({ ...given, from: instantOfPicked(first.startOf('day')), until: new Date(end).toISOString() } as Record<keyof Given, string>)
        }}
      />
      {(from || entityId) && (
        <Button type="link" onClick={() => put({ from: undefined, until: undefined, entityId: undefined })}>
          {t('ui:table.clearFilters')}
        </Button>
      )}
    </>
  )
}

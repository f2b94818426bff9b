import { useQuery } from '@tanstack/react-query'
import { Select, Tooltip } from 'antd'
import { useState } from 'react'
import { EMPTY, formatDateTime, formatMoney } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Loaded, Section, StatusTag, type Tone } from '#ui/page.tsx'
import { writePercent } from '#values/decimal.ts'
import type { Change } from '../content-diff.ts'
import type { Order, Revision } from '../contract.ts'
import { orderQueries } from './queries.ts'

const tones: Record<Revision['outcome'], Tone> = {
  open: 'info',
  agreed: 'good',
  superseded: 'neutral',
  rejected: 'bad',
  withdrawn: 'neutral',
}

/** Every proposal that was made, by whom, who has signed it, and what any two say otherwise. */
export function Revisions({ order }: { order: Order }) {
  const t = useWords('orders')
  const newest = order.revisions.at(-1)
  const [pair, setPair] = useState<{ no?: number; against?: number }>({})
  if (!newest) return null
  const no = pair.no ?? newest.no
  const against = pair.against ?? (no > 1 ? no - 1 : undefined)
  const options = order.revisions.map((revision) => ({ value: revision.no, label: t('revisions.no', { no: revision.no }) }))
  return (
    <Section
      title={t('revisions.name')}
      extra={
        order.revisions.length > 1 && (
          <span className="orders-compare">
            {t('revisions.compare')}
            <Select
              aria-label={t('revisions.before')}
              value={against ?? null}
              options={options.filter(({ value }) => value !== no)}
              onChange={(value) => setPair({ no, ...(value !== null && { against: value }) })}
            />
            →
            <Select aria-label={t('revisions.after')} value={no} options={options} onChange={(value) => setPair({ no: value })} />
          </span>
        )
      }
    >
      <ol className="orders-revisions">
        {[...order.revisions].reverse().map((revision) => (
          <RevisionEntry key={revision.no} revision={revision} t={t} />
        ))}
      </ol>
      {against !== undefined && <Compared order={order} no={no} against={against} />}
    </Section>
  )
}

function RevisionEntry({ revision, t }: { revision: Revision; t: Words }) {
  return (
    <li>
      <div className="orders-revision-head">
        <strong>{t('revisions.no', { no: revision.no })}</strong>
        <StatusTag tone={tones[revision.outcome]}>{t(`outcomes.${revision.outcome}`)}</StatusTag>
        <span>
          {t(`sides.${revision.side}`)} {revision.person} · {t(`kinds.${revision.kind}`)}
        </span>
        <span className="ls-quiet">{formatDateTime(revision.at)}</span>
        <span>{formatMoney(revision.gross)}</span>
      </div>
      {revision.note && <div>{revision.note}</div>}
      <div className="ls-quiet orders-signatures">
        {revision.signatures.map((signature) => (
          <Tooltip
            key={signature.side}
            title={`${t(`methods.${signature.method}`, { defaultValue: signature.method })} · SHA-256 ${signature.hash}`}
          >
            <span>
              ✓ {t('revisions.signed', { side: t(`sides.${signature.side}`), person: signature.person, at: formatDateTime(signature.at) })}
              {signature.termLimit && ` · ${t('termLimit.signed', { days: signature.termLimit.days })}`}
            </span>
          </Tooltip>
        ))}
        <span className="orders-hash" title={revision.hash}>
          {t('revisions.hash', { hash: revision.hash.slice(0, 12) })}
        </span>
      </div>
    </li>
  )
}

function Compared({ order, no, against }: { order: Order; no: number; against: number }) {
  const t = useWords('orders')
  const query = useQuery(orderQueries.revision(order.id, no, against))
  return (
    <Loaded query={query}>
      {({ changes }) => (
        <>
          <h3>{t('revisions.changes', { against, no })}</h3>
          <Changes changes={changes} t={t} />
        </>
      )}
    </Loaded>
  )
}

const shares = new Set<Change['field']>(['taxRate', 'overTolerance', 'underTolerance'])
const valueText = (change: Change, value: string | null) =>
  value === null || value === '' ? EMPTY : shares.has(change.field) ? writePercent(value) : value

export function Changes({ changes, t }: { changes: readonly Change[]; t: Words }) {
  if (changes.length === 0) return <p className="ls-quiet">{t('revisions.same')}</p>
  return (
    <div className="orders-lines-scroll">
      <table className="orders-changes">
        <thead>
          <tr>
            {['place', 'field', 'before', 'after'].map((head) => (
              <th key={head} scope="col">
                {t(`revisions.heads.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={`${change.line}/${change.schedule}/${change.field}`}>
              <td>{placeText(change, t)}</td>
              <td>{t(`fields.${change.field}`)}</td>
              <td>
                <del>{valueText(change, change.before)}</del>
              </td>
              <td>
                <ins>{valueText(change, change.after)}</ins>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const placeText = ({ line, schedule }: Change, t: Words): string =>
  line === null ? t('terms.name') : schedule === null ? t('revisions.atLine', { line }) : t('revisions.atDelivery', { line, schedule })

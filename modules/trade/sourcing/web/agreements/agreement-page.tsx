import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useParams } from 'react-router'
import { formatDate, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { writePercent } from '#values/decimal.ts'
import type { Agreement, AgreementContent, ContentChange } from '../../agreement-contract.ts'
import { sourcingQueries } from '../queries.ts'
import { AgreementActions } from './agreement-actions.tsx'
import { AgreementLines } from './agreement-lines.tsx'
import { AgreementRevisions } from './agreement-revisions.tsx'
import { AgreementTag } from './agreement-words.tsx'
import { CallOffs } from './call-offs.tsx'
import '../sourcing.css'
import { TermLimitAlert } from './term-limit.tsx'

const LOOK_MS = 15_000

export function Component() {
  const { id = '' } = useParams()
  const query = useQuery({
    ...sourcingQueries.agreement(id),
    // While the other side must answer, its answer shows by itself.
    refetchInterval: ({ state: { data } }) => (data && data.turn !== null && data.turn !== data.side ? LOOK_MS : false),
  })
  return <Loaded query={query}>{(agreement) => <AgreementPage agreement={agreement} />}</Loaded>
}

function AgreementPage({ agreement }: { agreement: Agreement }) {
  const t = useWords('sourcing')
  const { content, openContent } = agreement
  return (
    <Page
      title={`${agreement.number} ${agreement.title}`}
      subtitle={`${t(`agreement.kinds.${agreement.kind}`)} · ${t('agreement.side')}${t(`agreement.sides.${agreement.side}`)} · ${agreement.partner.name}`}
      breadcrumbs={[{ label: t('agreement.name'), path: `/sourcing/agreements?side=${agreement.side}` }]}
      tags={<AgreementTag phase={agreement.phase} />}
      actions={<AgreementActions agreement={agreement} />}
    >
      <Standing agreement={agreement} />
      <TermLimitAlert limit={agreement.termLimit} agreed={(openContent ?? content).paymentDays} />
      <Changes agreement={agreement} />
      <Terms agreement={agreement} content={content} />
      <AgreementLines content={content} cumulative={agreement.agreedRevision === null ? [] : agreement.cumulative} />
      {openContent && (
        <>
          <Section title={t('agreement.openContent', { no: agreement.openRevision })}>
            <TermsGrid content={openContent} />
          </Section>
          <AgreementLines content={openContent} cumulative={[]} />
        </>
      )}
      {agreement.agreedRevision !== null && <CallOffs agreement={agreement} />}
      <AgreementRevisions agreement={agreement} />
      <Panels slot="document" props={{ entity: 'sourcing.agreement', recordId: agreement.id }} />
    </Page>
  )
}

/** Who must act, or why nothing goes on. */
function Standing({ agreement }: { agreement: Agreement }) {
  const t = useWords('sourcing')
  const { openRevision, revisions, phase } = agreement
  const newest = revisions[0]
  const mine = agreement.turn === agreement.side
  if (openRevision !== null && phase !== 'ended')
    return (
      <Alert
        type={mine ? 'warning' : 'info'}
        showIcon
        className="ls-form-failure"
        title={t(mine ? 'agreement.waitsForMe' : 'agreement.waitsForPartner', { no: openRevision })}
        description={newest?.note}
      />
    )
  if (agreement.endReason !== null)
    return (
      <Alert
        type="warning"
        showIcon
        className="ls-form-failure"
        title={t('agreement.endedText', {
          side: t(`agreement.sides.${agreement.endedBy}`),
          reason: agreement.endReason,
          day: agreement.endsOn,
        })}
      />
    )
  if (newest?.outcome === 'refused' && phase !== 'ended')
    return (
      <Alert
        type="warning"
        showIcon
        className="ls-form-failure"
        title={t('agreement.refusedBecause', { no: newest.no, reason: newest.reason })}
      />
    )
  return null
}

/** What the open proposal says otherwise than the one that it answers. */
function Changes({ agreement: { openChanges } }: { agreement: Agreement }) {
  const t = useWords('sourcing')
  if (openChanges.length === 0) return null
  const shown = (field: ContentChange['field'], value: string | null) =>
    value !== null && (field === 'overTarget' || field === 'taxRate') ? writePercent(value) : formatText(value)
  return (
    <Section title={t('agreement.changesTitle')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('agreement.changesTitle')}>
          <thead>
            <tr>
              {(['change', 'was', 'becomes'] as const).map((key) => (
                <th key={key} scope="col">
                  {t(`agreement.${key}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {openChanges.map((change) => (
              <tr key={`${change.line} ${change.field}`}>
                <td>
                  {change.line !== null && <div>{t('agreement.lineOf', { no: change.line, material: change.material })}</div>}
                  <span className={change.line === null ? '' : 'ls-quiet'}>{t(`agreement.fields.${change.field}`)}</span>
                </td>
                <td>{shown(change.field, change.was)}</td>
                <td>
                  <b>{shown(change.field, change.becomes)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}

function Terms({ agreement, content }: { agreement: Agreement; content: AgreementContent }) {
  const t = useWords('sourcing')
  return (
    <Section title={t('agreement.name')}>
      <TermsGrid content={content} parties={agreement} />
    </Section>
  )
}

function TermsGrid({ content, parties }: { content: AgreementContent; parties?: Agreement }) {
  const t = useWords('sourcing')
  return (
    <DetailGrid
      items={[
        parties && { label: t('agreement.sides.buyer'), value: parties.buyerName },
        parties && { label: t('agreement.sides.supplier'), value: parties.supplierName },
        { label: t('agreement.validity'), value: `${formatDate(content.validFrom)} – ${formatDate(content.validUntil)}` },
        { label: t('agreement.noticeDays'), value: content.noticeDays },
        { label: t('agreement.overTargetName'), value: writePercent(content.overTarget) },
        { label: t('deliverTo'), value: content.deliverTo },
        { label: t('agreement.paymentTerms'), value: formatText(content.paymentTerms) },
        { label: t('agreement.paymentDays'), value: content.paymentDays },
        { label: t('currency'), value: content.currency },
        content.consigned && { label: t('agreement.consigned'), value: t('agreement.consignedHint'), wide: true },
        content.reference !== undefined && { label: t('agreement.reference'), value: content.reference },
        { label: t('note'), value: formatText(content.note), wide: true },
      ]}
    />
  )
}

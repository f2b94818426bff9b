import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { useParams } from 'react-router'
import { formatDate, formatDateTime, formatNumber, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, Timeline } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import type { PartnerDetail } from '../contract.ts'
import { Certificates } from './certificates-section.tsx'
import { Checklist, Connections } from './connection-section.tsx'
import { LeaderActions } from './leader-actions.tsx'
import { CountedTag, PartnerStateTag, tierText } from './partner-words.tsx'
import { programmeQueries } from './queries.ts'
import { SupplierActions } from './supplier-actions.tsx'
import './programme.css'

/** One place in a programme, as its leader or its supplier sees it. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(programmeQueries.partner(id))
  return <Loaded query={query}>{(partner) => <PartnerPage partner={partner} />}</Loaded>
}

function PartnerPage({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const leads = partner.side === 'buyer'
  const title = leads ? partner.name : t('mine.of', { name: partner.buyerName ?? '' })
  return (
    <Page
      title={title}
      breadcrumbs={[leads ? { label: t('name'), path: '/programme' } : { label: t('menu.mine'), path: '/programme/mine' }]}
      tags={
        <>
          <PartnerStateTag state={partner.state} />
          <CountedTag partner={partner} />
        </>
      }
      actions={leads ? <LeaderActions partner={partner} /> : <SupplierActions partner={partner} />}
    >
      <Hint partner={partner} />
      <Standing partner={partner} />
      {(partner.state === 'admitted' || partner.state === 'suspended') && (
        <>
          <Checklist partner={partner} />
          <Connections partner={partner} />
        </>
      )}
      <Certificates partner={partner} />
      <Application partner={partner} />
      <Section title={t('history')}>
        <Timeline
          entries={partner.history.map((entry, i) => ({
            key: `${entry.at}-${i}`,
            at: entry.at,
            title: `${t(`sides.${entry.side}`)}${entry.actor ? ` ${entry.actor}` : ''} ${t(`done.${entry.action}`)}${entry.tier && ['admit', 'changeTier'].includes(entry.action) ? `（${t(`tiers.${entry.tier}`)}）` : ''}`,
            text: entry.reason,
            tone:
              entry.action === 'refuse' || entry.action === 'suspend'
                ? 'bad'
                : entry.action === 'admit' || entry.action === 'resume'
                  ? 'good'
                  : 'info',
          }))}
        />
      </Section>
      <Panels slot="document" props={{ entity: 'programme.partner', recordId: partner.id }} />
    </Page>
  )
}

/** What waits for whom. */
function Hint({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const name = partner.buyerName ?? ''
  if (partner.side === 'buyer') return null
  if (partner.state === 'invited') {
    const title = partner.reason ? t('mine.returned', { reason: partner.reason }) : t('mine.invitedBy', { name })
    return <Alert type="info" showIcon className="ls-form-failure" title={title} />
  }
  if (partner.state === 'applied' || partner.state === 'underReview')
    return <Alert type="info" showIcon className="ls-form-failure" title={t('mine.waiting')} />
  return null
}

function Standing({ partner }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  const waitsForLink = partner.side === 'buyer' && partner.organisationId === null && partner.state === 'invited'
  const until = partner.contractNo === null ? null : partner.contractUntil ? formatDate(partner.contractUntil) : t('contractOpen')
  return (
    <Section title={t('partner')}>
      <DetailGrid
        items={[
          { label: t('partnerName'), value: partner.name },
          { label: t('creditCode'), value: partner.creditCode },
          { label: t('tierLabel'), value: tierText(partner.tier, t) },
          { label: t('contactName'), value: partner.contactName },
          { label: t('contactPhone'), value: formatText(partner.contactPhone) },
          { label: t('contactEmail'), value: formatText(partner.contactEmail) },
          { label: t('contractNo'), value: formatText(partner.contractNo) },
          { label: t('contractFrom'), value: partner.contractFrom && formatDate(partner.contractFrom) },
          { label: t('contractUntil'), value: until },
          { label: t('admittedOn'), value: partner.admittedOn && formatDate(partner.admittedOn) },
          waitsForLink && {
            label: t('linkTitle'),
            value: partner.linkExpiresAt ? t('linkOut', { at: formatDateTime(partner.linkExpiresAt) }) : t('linkNone'),
          },
          { label: t('delivers'), value: formatText(partner.delivers), wide: true },
          partner.reason !== null && { label: t('reason'), value: partner.reason, wide: true },
        ]}
      />
    </Section>
  )
}

function Application({ partner: { application, state } }: { partner: PartnerDetail }) {
  const t = useWords('programme')
  if (!application) return state === 'invited' ? null : <Section title={t('application')}>{t('noApplication')}</Section>
  return (
    <Section title={t('application')} extra={<span className="ls-quiet">{formatDateTime(application.appliedAt)}</span>}>
      <DetailGrid
        items={[
          { label: t('partnerName'), value: application.name },
          { label: t('nameEn'), value: formatText(application.nameEn) },
          { label: t('industry'), value: application.industry && t(`industries.${application.industry}`) },
          { label: t('city'), value: formatText(application.city) },
          { label: t('employees'), value: formatNumber(application.employees, t('people')) },
          { label: t('revenue'), value: formatNumber(application.revenueWan, t('wan')) },
          { label: t('contactName'), value: application.contactName },
          { label: t('contactPhone'), value: application.contactPhone },
          { label: t('contactEmail'), value: formatText(application.contactEmail) },
          { label: t('delivers'), value: application.delivers, wide: true },
          { label: t('capacity'), value: formatText(application.capacity), wide: true },
        ]}
      />
    </Section>
  )
}

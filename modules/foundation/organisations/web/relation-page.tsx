import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Form } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDate, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { allPages } from '#ui/module-pages.ts'
import { DemoTag, DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { mayDo, useCan, useSession } from '#ui/session.ts'
import { organisationsApi, type Relation } from '../contract.ts'
import { organisationQueries } from './queries.ts'
import { industryText, RelationStateTag, roleText } from './relation-words.tsx'

/** A partner and the relation with it. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(organisationQueries.relation(id))
  return <Loaded query={query}>{(relation) => <RelationPage relation={relation} />}</Loaded>
}

function RelationPage({ relation }: { relation: Relation }) {
  const t = useWords('organisations')
  const locale = useLocale()
  const canManage = useCan('organisations.manage')
  const [ending, setEnding] = useState(false)
  const name = nameIn(locale, relation.partnerName, relation.partnerNameEn)
  const mine = relation.state === 'proposed' && relation.side === 'supplier'
  return (
    <Page
      title={name}
      breadcrumbs={[{ label: t('chain'), path: '/organisations' }]}
      tags={
        <>
          <RelationStateTag relation={relation} />
          {relation.demo && <DemoTag />}
        </>
      }
      actions={
        canManage && (
          <>
            {mine && <ConfirmButton relation={relation} />}
            {endable(relation) && (
              <Button danger onClick={() => setEnding(true)}>
                {t(endKey(relation))}
              </Button>
            )}
          </>
        )
      }
    >
      {relation.state === 'proposed' && (
        <Alert type="info" showIcon className="ls-form-failure" title={t(mine ? 'waitsForUs' : 'waitsForThem', { name })} />
      )}
      <Section title={t('relation')}>
        <DetailGrid
          items={[
            { label: t('role'), value: roleText(relation, t) },
            relation.kind === 'supply' && { label: t('tier'), value: t('tierN', { n: relation.tier }) },
            { label: t('industryLabel'), value: industryText(relation.partnerIndustry, t) },
            { label: t('city'), value: formatText(relation.partnerCity) },
            { label: t('code'), value: relation.partnerCode },
            { label: t('since'), value: formatDate(relation.since) },
            { label: t('until'), value: relation.until ? formatDate(relation.until) : t('openEnded') },
          ]}
        />
      </Section>
      <PartnerLinks relation={relation} />
      <Panels slot="record" props={{ entity: 'organisations.organisation', recordId: relation.partnerId }} />
      <EndRelation relation={relation} name={name} open={ending} onClose={() => setEnding(false)} />
    </Page>
  )
}

const endable = (relation: Relation): boolean => ['proposed', 'active', 'upcoming'].includes(relation.state)

/** What ending means now: the asked side declines a proposal, the asking side withdraws it. */
const endKey = (relation: Relation): string =>
  relation.state !== 'proposed' ? 'endRelation' : relation.side === 'supplier' ? 'declineRelation' : 'withdrawRelation'

function ConfirmButton({ relation }: { relation: Relation }) {
  const t = useWords('organisations')
  const { message } = App.useApp()
  const client = useQueryClient()
  const confirm = useMutation({
    mutationFn: () => call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } }),
    onSuccess: () => message.success(t('confirmed')),
    onError: (error) => message.error(errorText(error, t)),
    onSettled: () => client.invalidateQueries({ queryKey: ['organisations'] }),
  })
  return (
    <Button type="primary" loading={confirm.isPending} onClick={() => confirm.mutate()}>
      {t('confirmRelation')}
    </Button>
  )
}

/** Where other modules let one look at this partner: its machines, the agreements with it. */
function PartnerLinks({ relation }: { relation: Relation }) {
  const t = useWords('organisations')
  const session = useSession()
  const links = allPages().flatMap((page) =>
    (page.partnerLinks ?? [])
      .filter((link) => mayDo(session, link.permission))
      .map((link) => ({ key: `${page.module}:${link.label}`, path: link.path(relation.partnerId) })),
  )
  if (links.length === 0) return null
  return (
    <Section title={t('together')}>
      <div className="ls-page-actions">
        {links.map((link) => (
          <Link key={link.key} to={link.path}>
            <Button>{t(link.key)}</Button>
          </Link>
        ))}
      </div>
    </Section>
  )
}

function EndRelation({ relation, name, open, onClose }: { relation: Relation; name: string; open: boolean; onClose: () => void }) {
  const t = useWords('organisations')
  const client = useQueryClient()
  const refresh = () => client.invalidateQueries({ queryKey: ['organisations'] })
  return (
    <EditModal<{ until: Dayjs }>
      open={open}
      title={t(endKey(relation))}
      initialValues={{ until: pickedOfInstant(nowMs()) }}
      allowUnchanged
      submitText={t(endKey(relation))}
      danger
      onClose={onClose}
      onReload={() => void refresh()}
      fieldOfCode={{ 'organisations.invalidPeriod': 'until' }}
      onSubmit={async ({ until }) => {
        await call(organisationsApi.endRelation, {
          params: { id: relation.id },
          body: { version: relation.version, until: until.format('YYYY-MM-DD') },
        })
        await refresh()
      }}
    >
      <Alert
        type="warning"
        showIcon
        className="ls-form-failure"
        title={t(relation.state === 'proposed' ? 'endProposalWarning' : 'endRelationWarning', { name })}
      />
      <Form.Item name="until" label={t('until')} hidden={relation.state === 'proposed'} rules={[{ required: true }]}>
        <DatePicker allowClear={false} />
      </Form.Item>
    </EditModal>
  )
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Tag, Tooltip } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber, formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { type AccessLogEntry, type Agreement, sharingApi } from '../contract.ts'
import {
  AgreementStateTag,
  AgreementText,
  agreementSentences,
  dataSetText,
  delayText,
  partnerName,
  periodText,
} from './agreement-words.tsx'
import { prefillOf } from './prefill.ts'
import { sharingQueries } from './queries.ts'
import './sharing.css'

/** One agreement: what it says, whether it holds, who has looked. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(sharingQueries.agreement(id))
  return <Loaded query={query}>{(agreement) => <AgreementPage agreement={agreement} />}</Loaded>
}

function AgreementPage({ agreement }: { agreement: Agreement }) {
  const t = useWords('sharing')
  const locale = useLocale()
  const parties = {
    grantor: nameIn(locale, agreement.grantor.name, agreement.grantor.nameEn),
    grantee: nameIn(locale, agreement.grantee.name, agreement.grantee.nameEn),
  }
  const mine = agreement.side === 'grantor'
  return (
    <Page
      title={t('agreementWith', { partner: partnerName(agreement, locale) })}
      breadcrumbs={[{ label: t('name'), path: mine ? '/sharing' : '/sharing?direction=received' }]}
      tags={<AgreementStateTag state={agreement.state} />}
      actions={mine && <Actions agreement={agreement} />}
    >
      <Section title={t('inWords')}>
        <AgreementText sentences={agreementSentences(agreement, { ...parties, mine }, t)} />
      </Section>
      <Section title={t('agreement')}>
        <DetailGrid
          items={[
            { label: t('grantor'), value: parties.grantor },
            { label: t('grantee'), value: parties.grantee },
            { label: t('dataSetLabel'), value: dataSetText(agreement.dataSet, t) },
            { label: t('granularityLabel'), value: t(`granularity.${agreement.granularity}`) },
            { label: t('delay'), value: delayText(agreement.delayMinutes, t) },
            { label: t('period'), value: periodText(agreement, t) },
            { label: t('createdAt'), value: formatDateTime(agreement.createdAt) },
            mine && { label: t('createdBy'), value: formatText(agreement.createdBy) },
            agreement.revokedAt !== null && { label: t('revokedAt'), value: formatDateTime(agreement.revokedAt) },
            mine && agreement.revokedAt !== null && { label: t('revokedBy'), value: formatText(agreement.revokedBy) },
            { label: t('purpose'), value: agreement.purpose, wide: true },
            { label: t('items'), value: <Items agreement={agreement} />, wide: true },
            {
              label: t('fields'),
              value: agreement.fields === 'all' ? t('allFields') : agreement.fields.join(t('text.separator')),
              wide: true,
            },
          ]}
        />
      </Section>
      <Panels slot="document" props={{ entity: 'sharing.agreement', recordId: agreement.id }} />
      <AccessLog agreement={agreement} />
    </Page>
  )
}

const SHOWN = 30

function Items({ agreement: { items } }: { agreement: Agreement }) {
  const t = useWords('sharing')
  const [all, setAll] = useState(false)
  if (items === 'all') return t('allItemsLater')
  return (
    <div>
      <div className="sharing-items">
        {(all ? items : items.slice(0, SHOWN)).map((item) => (
          <Tag key={item.id}>{item.label}</Tag>
        ))}
      </div>
      {items.length > SHOWN && !all && (
        <Button type="link" onClick={() => setAll(true)}>
          {t('showAll', { n: items.length })}
        </Button>
      )}
    </div>
  )
}

function Actions({ agreement }: { agreement: Agreement }) {
  const t = useWords('sharing')
  const locale = useLocale()
  const canManage = useCan('sharing.manage')
  const client = useQueryClient()
  const { modal, message } = App.useApp()
  const partner = partnerName(agreement, locale)
  const again = prefillOf(agreement)
  const running = agreement.state === 'inForce' || agreement.state === 'upcoming'
  const revoke = () =>
    modal.confirm({
      title: t('revokeTitle', { partner }),
      content: t('revokeText', { partner }),
      okText: t('revoke'),
      okButtonProps: { danger: true },
      cancelText: t('ui:cancel'),
      onOk: async () => {
        try {
          await call(sharingApi.revoke, { params: { id: agreement.id } })
          void message.success(t('revoked'))
        } catch (error) {
          void message.error(errorText(error, t))
        } finally {
          await client.invalidateQueries({ queryKey: ['sharing'] })
        }
      },
    })
  return (
    <>
      {canManage && again && (
        <Link to={`/sharing/new?${again}`}>
          <Button>{t('grantAgain')}</Button>
        </Link>
      )}
      {running && (
        <Tooltip title={canManage ? undefined : t('revokeNotAllowed')}>
          <Button danger disabled={!canManage} onClick={revoke}>
            {t('revoke')}
          </Button>
        </Tooltip>
      )}
    </>
  )
}

function logColumns(t: Words): Column<AccessLogEntry>[] {
  const kind = (entry: AccessLogEntry) => t(`log.readerKinds.${entry.readerKind}`)
  return [
    { key: 'reader', title: t('log.reader'), render: (entry) => formatText(entry.reader), text: (entry) => entry.reader },
    { key: 'kind', title: t('log.kind'), render: kind, text: kind },
    { key: 'hour', title: t('log.hour'), render: (entry) => formatDateTime(entry.hour), text: (entry) => formatDateTime(entry.hour) },
    {
      key: 'firstAt',
      title: t('log.firstAt'),
      hidden: true,
      render: (e) => formatDateTime(e.firstAt),
      text: (e) => formatDateTime(e.firstAt),
    },
    {
      key: 'lastAt',
      title: t('log.lastAt'),
      sort: 'lastAt',
      render: (e) => formatDateTime(e.lastAt),
      text: (e) => formatDateTime(e.lastAt),
    },
    { key: 'reads', title: t('log.reads'), sort: 'reads', align: 'right', render: (e) => formatNumber(e.reads), text: (e) => e.reads },
  ]
}

function AccessLog({ agreement }: { agreement: Agreement }) {
  const t = useWords('sharing')
  return (
    <Section title={t('log.title')} extra={<span className="ls-quiet">{t('log.explain')}</span>} flush>
      <DataTable<AccessLogEntry>
        name="sharing-log"
        label={t('log.title')}
        prefix="log_"
        columns={logColumns(t)}
        rowKey={(entry) => entry.id}
        queryKey={['sharing', 'log', agreement.id]}
        pageQuery={(query, signal) => call(sharingApi.accessLog, { params: { id: agreement.id }, query: query as never, signal })}
        defaultSort="-lastAt"
        searchHint={t('log.reader')}
        empty={{ text: t('log.empty') }}
      />
    </Section>
  )
}

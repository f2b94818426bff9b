import { PlusOutlined } from '@ant-design/icons'
import { Button, Tabs, Tag, Tooltip } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime } from '#ui/format.ts'
import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type AgreementHead, AgreementState, sharingApi } from '../contract.ts'
import { AgreementStateTag, dataSetText, daysText, delayText, partnerName } from './agreement-words.tsx'

/** Agreements given and received, two lists of the same shape. */
export function Component() {
  const t = useWords('sharing')
  const locale = useLocale()
  const [params, setParams] = useSearchParams()
  const direction = params.get('direction') === 'received' ? 'received' : 'given'
  const partnerId = params.get('partnerId') ?? undefined
  const put = (name: string, value: string | undefined) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        if (value) next.set(name, value)
        else next.delete(name)
        return next
      },
      { replace: true },
    )
  const grant = <GrantButton to={partnerId} />
  return (
    <Page title={t('name')} subtitle={t('subtitle')} actions={grant}>
      <Tabs
        activeKey={direction}
        onChange={(key) => put('direction', key === 'given' ? undefined : key)}
        items={(['given', 'received'] as const).map((key) => ({ key, label: t(`directions.${key}`) }))}
      />
      <DataTable<AgreementHead>
        key={direction}
        name={`sharing-${direction}`}
        label={t(`directions.${direction}`)}
        columns={columnsOf(t, locale)}
        rowKey={(agreement) => agreement.id}
        queryKey={['sharing', 'list', direction, partnerId]}
        pageQuery={(query, signal) => call(sharingApi.list, { query: { ...query, direction, partnerId } as never, signal })}
        defaultSort="-createdAt"
        searchHint={t('searchHint')}
        filters={[
          { key: 'state', label: t('state'), options: AgreementState.options.map((value) => ({ value, label: t(`states.${value}`) })) },
        ]}
        rowHref={(agreement) => `/sharing/${agreement.id}`}
        actions={
          partnerId && (
            <Tag closable onClose={() => put('partnerId', undefined)}>
              {t('onlyPartner')}
            </Tag>
          )
        }
        empty={direction === 'given' ? { text: t('emptyGiven'), action: grant } : { text: t('emptyReceived') }}
      />
    </Page>
  )
}

function GrantButton({ to }: { to: string | undefined }) {
  const t = useWords('sharing')
  const canManage = useCan('sharing.manage')
  const button = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} disabled={!canManage}>
      {t('grant')}
    </Button>
  )
  if (!canManage) return <Tooltip title={t('grantNotAllowed')}>{button}</Tooltip>
  return <Link to={to ? `/sharing/new?to=${to}` : '/sharing/new'}>{button}</Link>
}

function columnsOf(t: Words, locale: PageLocale): Column<AgreementHead>[] {
  const columns: (Omit<Column<AgreementHead>, 'render' | 'text'> & { of: (a: AgreementHead) => string })[] = [
    { key: 'partner', title: t('partner'), sort: 'partner', of: (a) => partnerName(a, locale) },
    { key: 'dataSet', title: t('dataSetLabel'), of: (a) => dataSetText(a.dataSet, t) },
    { key: 'items', title: t('items'), of: (a) => (a.itemCount === null ? t('allItems') : t('itemCount', { n: a.itemCount })) },
    { key: 'fields', title: t('fields'), of: (a) => (a.fieldCount === null ? t('allFields') : t('fieldCount', { n: a.fieldCount })) },
    { key: 'granularity', title: t('granularityLabel'), of: (a) => t(`granularity.${a.granularity}`) },
    { key: 'delay', title: t('delay'), hidden: true, of: (a) => delayText(a.delayMinutes, t) },
    { key: 'purpose', title: t('purpose'), of: (a) => a.purpose },
    { key: 'period', title: t('period'), sort: 'until', of: (a) => daysText(a, t) },
    { key: 'createdAt', title: t('createdAt'), hidden: true, sort: 'createdAt', width: 160, of: (a) => formatDateTime(a.createdAt) },
    { key: 'revokedAt', title: t('revokedAt'), hidden: true, of: (a) => formatDateTime(a.revokedAt) },
  ]
  const [partner, ...more] = columns.map(({ of, ...column }) => ({ ...column, render: of, text: of }))
  const state: Column<AgreementHead> = {
    key: 'state',
    title: t('state'),
    render: (a) => <AgreementStateTag state={a.state} />,
    text: (a) => t(`states.${a.state}`),
  }
  return [partner!, state, ...more]
}

import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDate, formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch } from '#ui/side-switch.tsx'
import { type AgreementHead, agreementApi } from '../../agreement-contract.ts'
import { AgreementPhase, Side } from '../../agreement-states.ts'
import { AgreementTag } from './agreement-words.tsx'
import '../sourcing.css'

/** Agreements of one side: with suppliers, or with customers. */
export function Component() {
  const t = useWords('sourcing')
  const canManage = useCan('sourcing.manage')
  const canBid = useCan('sourcing.bid')
  const [params, setParams] = useSearchParams()
  const side = Side.safeParse(params.get('side')).data ?? (canManage || !canBid ? 'buyer' : 'supplier')
  const make = canManage && side === 'buyer' && (
    <Link to="/sourcing/agreements/new">
      <Button type="primary" icon={<PlusOutlined aria-hidden />}>
        {t('agreement.new')}
      </Button>
    </Link>
  )
  return (
    <Page title={t('agreement.name')} subtitle={t('agreement.subtitle')} actions={make}>
      <SideSwitch
        side={side}
        onChange={(value) => setParams({ side: value }, { replace: true })}
        words={(value) => `${t('agreement.side')}${t(`agreement.sides.${value}`)}`}
        above
      />
      <DataTable<AgreementHead>
        key={side}
        name={`sourcing-agreements-${side}`}
        label={t('agreement.name')}
        columns={columnsOf(t)}
        rowKey={(row) => row.id}
        queryKey={['sourcing', 'agreements', side]}
        pageQuery={(query, signal) => call(agreementApi.list, { query: { ...query, side } as never, signal })}
        defaultSort="-createdAt"
        searchHint={t('agreement.search')}
        filters={[
          {
            key: 'phase',
            label: t('phase'),
            options: AgreementPhase.options.map((value) => ({ value, label: t(`agreement.phases.${value}`) })),
          },
        ]}
        rowHref={(row) => `/sourcing/agreements/${row.id}`}
        empty={{ text: t(side === 'buyer' ? 'agreement.empty' : 'agreement.emptySupplier'), action: make }}
      />
    </Page>
  )
}

function columnsOf(t: Words): Column<AgreementHead>[] {
  return [
    { key: 'number', title: t('agreement.number'), render: (row) => row.number, text: (row) => row.number },
    { key: 'title', title: t('agreement.title'), render: (row) => row.title, text: (row) => row.title },
    { key: 'partner', title: t('agreement.partner'), render: (row) => row.partner.name, text: (row) => row.partner.name },
    {
      key: 'kind',
      title: t('agreement.kind'),
      render: (row) => t(`agreement.kinds.${row.kind}`),
      text: (row) => t(`agreement.kinds.${row.kind}`),
    },
    {
      key: 'phase',
      title: t('phase'),
      render: (row) => (
        <>
          <AgreementTag phase={row.phase} />
          {row.turn === row.side && <div className="ls-quiet">{t('agreement.turnTag')}</div>}
        </>
      ),
      text: (row) => t(`agreement.phases.${row.phase}`),
    },
    { key: 'validFrom', title: t('agreement.validFrom'), render: (row) => formatDate(row.validFrom), text: (row) => row.validFrom },
    { key: 'validUntil', title: t('agreement.validUntil'), render: (row) => formatDate(row.validUntil), text: (row) => row.validUntil },
    {
      key: 'callOffs',
      title: t('agreement.callOffs'),
      align: 'right',
      render: (row) => formatNumber(row.callOffs),
      text: (row) => row.callOffs,
    },
    {
      key: 'createdAt',
      title: t('createdAt'),
      sort: 'createdAt',
      hidden: true,
      render: (row) => formatDateTime(row.createdAt),
      text: (row) => formatDateTime(row.createdAt),
    },
  ]
}

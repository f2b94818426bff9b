import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type RequestHead, RequestPhase, sourcingApi } from '../contract.ts'
import { PhaseTag } from './sourcing-words.tsx'

/** The organisation's own requests for quotation. */
export function Component() {
  const t = useWords('sourcing')
  const canManage = useCan('sourcing.manage')
  const make = canManage && (
    <Link to="/sourcing/new">
      <Button type="primary" icon={<PlusOutlined aria-hidden />}>
        {t('new')}
      </Button>
    </Link>
  )
  return (
    <Page title={t('name')} subtitle={t('subtitle')} actions={make}>
      <DataTable<RequestHead>
        name="sourcing"
        label={t('name')}
        columns={columnsOf(t)}
        rowKey={(row) => row.id}
        queryKey={['sourcing', 'list']}
        pageQuery={(query, signal) => call(sourcingApi.list, { query: query as never, signal })}
        defaultSort="-createdAt"
        searchHint={t('searchHint')}
        filters={[
          { key: 'phase', label: t('phase'), options: RequestPhase.options.map((value) => ({ value, label: t(`phases.${value}`) })) },
        ]}
        rowHref={(row) => `/sourcing/requests/${row.id}`}
        empty={{ text: t('empty'), action: make }}
      />
    </Page>
  )
}

function columnsOf(t: Words): Column<RequestHead>[] {
  return [
    { key: 'number', title: t('number'), render: (row) => row.number, text: (row) => row.number },
    { key: 'title', title: t('title'), render: (row) => row.title, text: (row) => row.title },
    { key: 'phase', title: t('phase'), render: (row) => <PhaseTag phase={row.phase} />, text: (row) => t(`phases.${row.phase}`) },
    {
      key: 'deadline',
      title: t('deadline'),
      sort: 'deadline',
      render: (row) => formatDateTime(row.deadline),
      text: (row) => formatDateTime(row.deadline),
    },
    { key: 'lineCount', title: t('lineCount'), align: 'right', render: (row) => formatNumber(row.lineCount), text: (row) => row.lineCount },
    {
      key: 'supplierCount',
      title: t('supplierCount'),
      align: 'right',
      render: (row) => formatNumber(row.supplierCount),
      text: (row) => row.supplierCount,
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

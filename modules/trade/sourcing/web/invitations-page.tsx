import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatNumber } from '#ui/format.ts'
import { useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { type Invitation, InvitationState, sourcingApi } from '../contract.ts'
import { InvitationTag, PhaseTag } from './sourcing-words.tsx'

/** All customers' requests in one list. */
export function Component() {
  const t = useWords('sourcing')
  return (
    <Page title={t('menu.invitations')} subtitle={t('invitations.subtitle')}>
      <DataTable<Invitation>
        name="sourcing-invitations"
        label={t('menu.invitations')}
        columns={columnsOf(t)}
        rowKey={(row) => row.id}
        queryKey={['sourcing', 'invitations']}
        pageQuery={(query, signal) => call(sourcingApi.invitations, { query: query as never, signal })}
        defaultSort="-createdAt"
        searchHint={t('invitations.search')}
        filters={[
          { key: 'state', label: t('state'), options: InvitationState.options.map((value) => ({ value, label: t(`states.${value}`) })) },
        ]}
        rowHref={(row) => `/sourcing/invitations/${row.id}`}
        empty={{ text: t('invitations.empty') }}
      />
    </Page>
  )
}

function columnsOf(t: Words): Column<Invitation>[] {
  return [
    { key: 'number', title: t('number'), render: (row) => row.number, text: (row) => row.number },
    { key: 'title', title: t('title'), render: (row) => row.title, text: (row) => row.title },
    { key: 'buyer', title: t('invitations.customer'), render: (row) => row.buyerName, text: (row) => row.buyerName },
    { key: 'phase', title: t('phase'), render: (row) => <PhaseTag phase={row.phase} />, text: (row) => t(`phases.${row.phase}`) },
    { key: 'state', title: t('state'), render: (row) => <InvitationTag state={row.state} />, text: (row) => t(`states.${row.state}`) },
    {
      key: 'deadline',
      title: t('deadline'),
      sort: 'deadline',
      render: (row) => formatDateTime(row.deadline),
      text: (row) => formatDateTime(row.deadline),
    },
    { key: 'lineCount', title: t('lineCount'), align: 'right', render: (row) => formatNumber(row.lineCount), text: (row) => row.lineCount },
  ]
}

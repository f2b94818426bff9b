import { Button, Segmented } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EMPTY, formatDateTime } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { type CommandSummary, commandsApi } from '../contract.ts'
import { StateTag, valueText } from './command-words.tsx'

const groups = ['all', 'open', 'waiting', 'unknown'] as const
type Group = (typeof groups)[number]
const REFRESH_MS = 5_000

/** What was written to machines, is being written, or waits for a second person. */
export function Component() {
  const t = useWords('commands')
  const locale = useLocale()
  const [params, setParams] = useSearchParams()
  const asked = params.get('group') as Group
  const group = groups.includes(asked) ? asked : 'all'
  const deviceId = params.get('deviceId') ?? undefined
  return (
    <Page
      title={t('menu.commands')}
      subtitle={t('hint')}
      actions={
        <Link to="/commands/sites">
          <Button>{t('toSites')}</Button>
        </Link>
      }
    >
      <Segmented<Group>
        aria-label={t('groupLabel')}
        value={group}
        onChange={(value) => setParams({ group: value, ...(deviceId ? { deviceId } : {}) })}
        options={groups.map((value) => ({ value, label: t(`groups.${value}`) }))}
        style={{ marginBottom: 12 }}
      />
      <DataTable<CommandSummary>
        key={`${group}${deviceId ?? ''}`}
        name="commands"
        label={t('menu.commands')}
        columns={columnsOf(t, locale)}
        rowKey={(row) => row.id}
        queryKey={['commands', 'list', group, deviceId]}
        pageQuery={(query, signal) => call(commandsApi.list, { query: { ...query, group, deviceId } as never, signal })}
        refreshMs={REFRESH_MS}
        defaultSort="-requestedAt"
        searchHint={t('searchHint')}
        filters={[]}
        rowHref={(row) => `/commands/${row.id}`}
        empty={{ text: t(`empty.${group}`) }}
      />
    </Page>
  )
}

function columnsOf(t: Words, locale: PageLocale): Column<CommandSummary>[] {
  const device = (row: CommandSummary) => nameIn(locale, row.deviceName, row.deviceNameEn)
  const point = (row: CommandSummary) => nameIn(locale, row.label, row.labelEn)
  const value = (key: 'value' | 'valueBefore' | 'readBack'): Column<CommandSummary> => ({
    key,
    title: t(key),
    align: 'right',
    render: (row) => valueText(t, row, row[key]),
    text: (row) => valueText(t, row, row[key]),
  })
  return [
    { key: 'number', title: t('number'), sort: 'number', primary: true, render: (row) => row.number, text: (row) => row.number },
    {
      key: 'state',
      title: t('state'),
      render: (row) => <StateTag state={row.state} />,
      text: (row) => t(`states.${row.state}`),
    },
    { key: 'device', title: t('device'), render: device, text: device },
    { key: 'point', title: t('point'), render: point, text: point },
    value('valueBefore'),
    value('value'),
    value('readBack'),
    { key: 'purpose', title: t('purpose'), hidden: true, render: (row) => row.purpose, text: (row) => row.purpose },
    { key: 'requestedBy', title: t('requestedBy'), render: (row) => row.requestedBy, text: (row) => row.requestedBy },
    { key: 'approvedBy', title: t('approvedBy'), render: (row) => row.approvedBy ?? EMPTY, text: (row) => row.approvedBy },
    {
      key: 'requestedAt',
      title: t('requestedAt'),
      sort: 'requestedAt',
      render: (row) => formatDateTime(row.requestedAt),
      text: (row) => formatDateTime(row.requestedAt),
    },
  ]
}

import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EMPTY, formatDateTimeSeconds } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { configurationApi, type Gateway, type LogEntry } from '../configuration-contract.ts'
import { levelTones } from './queries.ts'
import { useCodeText } from './reason-words.ts'

const REFRESH_MS = 10_000

/** What the gateway noticed, in sentences. */
export function GatewayLog({ gateway }: { gateway: Gateway }) {
  const t = useWords('gateways')
  const words = useCodeText()
  const linkName = (entry: LogEntry) => gateway.linkList.find((link) => link.id === entry.link)?.name
  const about = (entry: LogEntry) => [linkName(entry), entry.device].filter(Boolean).join(' · ') || EMPTY
  const sentence = (entry: LogEntry) => words(entry.code, entry.details)
  const columns: Column<LogEntry>[] = [
    { key: 'at', title: t('logAt'), sort: 'at', render: (e) => formatDateTimeSeconds(e.at), text: (e) => formatDateTimeSeconds(e.at) },
    {
      key: 'level',
      title: t('logLevel'),
      render: (e) => <StatusTag tone={levelTones[e.level]}>{t(`levels.${e.level}`)}</StatusTag>,
      text: (e) => t(`levels.${e.level}`),
    },
    { key: 'text', title: t('logText'), primary: true, render: sentence, text: sentence },
    { key: 'about', title: t('logAbout'), render: about, text: about },
  ]
  return (
    <Section title={t('log_title')} flush>
      <DataTable<LogEntry>
        name="gateway-log"
        label={t('log_title')}
        prefix="log."
        columns={columns}
        rowKey={(e) => e.id}
        queryKey={['gateways', 'log', gateway.id]}
        pageQuery={(query, signal) => call(configurationApi.log, { params: { id: gateway.id }, query: query as never, signal })}
        defaultSort="-at"
        searchable={false}
        filters={[
          {
            key: 'level',
            label: t('logLevel'),
            options: ['info', 'warning', 'error'].map((value) => ({ value, label: t(`levels.${value}`) })),
          },
        ]}
        refreshMs={REFRESH_MS}
        empty={{ text: t('noLog') }}
      />
    </Section>
  )
}
